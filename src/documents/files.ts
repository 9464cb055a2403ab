import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { KeptFile } from "../connectors/connector.ts";
import type { Seams } from "../seams.ts";
import { contentTypeOf, SIGNATURE_BYTES } from "./content-type.ts";

/** The largest document that is kept. */
export const MAX_DOCUMENT_BYTES = 25 * 1024 * 1024;

/** A file that no row names may still get one within this time after it was kept, ms. */
const GRACE_MS = 86_400_000;

/** A file that is not kept. */
export class UnfitFile extends Error {
  override name = "UnfitFile";

  constructor(readonly reason: "too_large" | "unknown_type") {
    super(reason);
  }
}

/** The documents' contents in the data folder, each under its digest. */
export interface DocumentFiles {
  /** Writes a body as it comes; resolves once it is on disk. The same content is kept once. @throws UnfitFile */
  keep(response: Response): Promise<KeptFile>;
  /** Where the content of a digest lies. */
  pathOf(sha256: string): string;
  /** Removes some of what nobody wants any more, of one of 256 folders; how many went. */
  sweep(folder: number, isWanted: (sha256: string) => boolean): number;
}

/** Opens the folder `documents` in the data folder; what was left half written goes. */
export function openDocumentFiles(parts: {
  dataDir: string;
  seams: Pick<Seams, "clock" | "newId">;
}): DocumentFiles {
  const { clock, newId } = parts.seams;
  const root = join(parts.dataDir, "documents");
  const halfWritten = join(root, "incoming");
  rmSync(halfWritten, { recursive: true, force: true });

  const pathOf = (sha256: string) => join(root, sha256.slice(0, 2), sha256);

  async function moveIn(from: string, sha256: string): Promise<void> {
    const to = pathOf(sha256);
    mkdirSync(join(root, sha256.slice(0, 2)), { recursive: true, mode: 0o700 });
    if (existsSync(to)) await rm(from);
    else await rename(from, to);
    const keptAt = clock.now() / 1000;
    utimesSync(to, keptAt, keptAt); // the grace begins now, for one that was there before, too
  }

  return {
    pathOf,
    async keep(response) {
      mkdirSync(halfWritten, { recursive: true, mode: 0o700 });
      const path = join(halfWritten, newId());
      const file = await open(path, "wx", 0o600);
      try {
        const { contentType, ...kept } = await writeTo(file, response);
        if (contentType === null) throw new UnfitFile("unknown_type");
        await file.sync();
        await moveIn(path, kept.sha256);
        return { ...kept, contentType };
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      } finally {
        await file.close();
      }
    },
    sweep(folder, isWanted) {
      const path = join(root, folder.toString(16).padStart(2, "0"));
      if (!existsSync(path)) return 0;
      const old = readdirSync(path).filter(
        (name) => statSync(join(path, name)).mtimeMs < clock.now() - GRACE_MS && !isWanted(name),
      );
      for (const name of old) rmSync(join(path, name), { force: true });
      return old.length;
    },
  };
}

async function writeTo(file: FileHandle, response: Response) {
  const hash = createHash("sha256");
  let size = 0;
  let beginning = new Uint8Array();
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_DOCUMENT_BYTES) throw new UnfitFile("too_large");
    if (beginning.length < SIGNATURE_BYTES) {
      beginning = Buffer.concat([beginning, chunk.subarray(0, SIGNATURE_BYTES)]);
    }
    hash.update(chunk);
    await file.write(chunk);
  }
  const contentType = contentTypeOf(response.headers.get("content-type"), beginning);
  return { sha256: hash.digest("hex"), size, contentType };
}
