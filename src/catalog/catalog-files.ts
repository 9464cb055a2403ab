import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A file of the catalog: its path below `catalog/` and its JSON text without white space. */
export interface CatalogFile {
  path: string;
  json: string;
}

/** Reads the folder `catalog/`; run as a macro, so that the executable carries the files and needs no folder. */
export function readCatalogFiles(): CatalogFile[] {
  const folder = join(import.meta.dir, "../../catalog");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".json"))
    .sort()
    .map((path) => ({
      path: path.replaceAll("\\", "/"),
      json: JSON.stringify(JSON.parse(readFileSync(join(folder, path), "utf8"))),
    }));
}
