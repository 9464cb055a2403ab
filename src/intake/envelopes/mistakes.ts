import { Problem, type ProblemCode } from "../../problems.ts";
import { JsonFault, MAX_JSON_DEPTH } from "./json-scan.ts";
import { type JsonSlice, repeatedKey } from "./json-slices.ts";
import { formShape } from "./shapes.ts";

/** The path of a member. */
export function pathTo(parent: string, name: string): string {
  return parent === "" ? name : `${parent}.${name}`;
}

/** A problem with one place of the input; the top of the body has no path, so there the message is the detail. */
export function mistake(code: ProblemCode, path: string, message: string): Problem {
  return new Problem(code, path === "" ? { detail: message } : { errors: [{ path, message }] });
}

/** Runs a reading of JSON; what is wrong with its text becomes the caller's problem. @throws Problem */
export function readingAt<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof JsonFault ? problemOf(error, path) : error;
  }
}

/** @throws Problem duplicate_key when a key stands twice at the top: which one counts is nobody's to guess. */
export function refuseRepeatedKeys(object: JsonSlice, path: string): void {
  const key = repeatedKey(object);
  if (key === undefined) return;
  const isOurs = formShape.names.has(key); // a key of the caller's own making is not repeated in an answer
  throw mistake("duplicate_key", isOurs ? pathTo(path, key) : path, "a key stands here twice");
}

function problemOf({ reason, at }: JsonFault, path: string): Problem {
  switch (reason) {
    case "not_utf8":
      return mistake("malformed_json", path, "the text is not UTF-8");
    case "too_deep":
      return mistake("invalid_input", path, `objects and arrays may nest ${MAX_JSON_DEPTH} deep at most`);
    case "malformed":
      return mistake("malformed_json", path, `the text stops being JSON at byte ${at}`);
  }
}
