import type { Database } from "bun:sqlite";

/** `ok` where a hub's file is whole, no row is what its table does not allow, and none refers to nothing; else what is wrong. */
export function soundnessOf(sqlite: Database): string {
  const found = sqlite.query<{ integrity_check: string }, []>("PRAGMA integrity_check").get();
  const broken = sqlite.query("PRAGMA foreign_key_check").all().length;
  return broken > 0 ? `${broken} rows refer to nothing` : (found?.integrity_check ?? "");
}
