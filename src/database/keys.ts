import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { readKeyFile, writeKeyFile } from "./data-dir.ts";
import { DatabaseError } from "./migrate.ts";
import { DATABASE_FILE } from "./open.ts";

const SECRET_KEY_FILE = "secret.key";
const PUBLISH_KEY_FILE = "publish.key";
const SECRET_KEY_BYTES = 32;

/**
 * SECRET_KEY where it is set, else the key kept in the data folder, made at the first start.
 * @throws DatabaseError when there is a database but no key: a new one would not open it.
 */
export function secretKeyFor(
  { secretKey, dataDir }: Pick<Config, "secretKey" | "dataDir">,
  randomBytes: (length: number) => Uint8Array,
): string {
  const known = secretKey ?? readKeyFile(dataDir, SECRET_KEY_FILE);
  if (known !== null) return known;
  if (existsSync(join(dataDir, DATABASE_FILE))) {
    throw new DatabaseError(
      `SECRET_KEY is not set and ${SECRET_KEY_FILE} is missing in DATA_DIR, but there is a database: restore the key it was made with.`,
    );
  }
  const fresh = Buffer.from(randomBytes(SECRET_KEY_BYTES)).toString("base64");
  writeKeyFile(dataDir, SECRET_KEY_FILE, fresh);
  return fresh;
}

/** The first publisher's key as the data folder keeps it, made where there is none. */
export function keptPublishKey(dataDir: string, generate: () => string): { key: string; isNew: boolean } {
  const known = readKeyFile(dataDir, PUBLISH_KEY_FILE);
  if (known !== null) return { key: known, isNew: false };
  const key = generate();
  writeKeyFile(dataDir, PUBLISH_KEY_FILE, key);
  return { key, isNew: true };
}
