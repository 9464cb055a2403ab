import type { DedupeKey } from "../draft.ts";
import { type JsonSlice, stringOf } from "./json-slices.ts";
import { mistake, pathTo } from "./mistakes.ts";

/** Longest key that a caller may give, in characters. */
const MAX_KEY_LENGTH = 256;

/** A key of the caller's own, checked. @throws Problem */
export function callersKey(text: string | null, path: string): string {
  const isKey = text !== null && text.length > 0 && text.length <= MAX_KEY_LENGTH && text.isWellFormed();
  if (isKey) return text;
  throw mistake("invalid_input", path, `must be a string of 1 to ${MAX_KEY_LENGTH} characters`);
}

/** The dedupe key that a caller gave, if any. */
export function publisherKey(key: string | null): DedupeKey | null {
  return key === null ? null : { scope: "door", key };
}

/** An envelope's own identity: its source and id together; without either it has none. @throws Problem when too long */
export function sourceKey(members: ReadonlyMap<string, JsonSlice>, path: string): DedupeKey | null {
  const source = members.get("source");
  const id = members.get("id");
  if (!isGiven(source) || !isGiven(id)) return null;
  const parts = [
    callersKey(stringOf(source), pathTo(path, "source")),
    callersKey(stringOf(id), pathTo(path, "id")),
  ];
  return { scope: "source", key: JSON.stringify(parts) }; // unambiguous whatever the two hold
}

function isGiven(value: JsonSlice | undefined): value is JsonSlice {
  return value?.kind === "string" && value.end - value.start > 2; // more than its quotes
}
