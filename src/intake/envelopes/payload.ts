import { type JsonSlice, textOf } from "./json-slices.ts";
import { mistake } from "./mistakes.ts";

/** Longest payload, in bytes of UTF-8: what EventBridge itself carries at most, so that nothing of it is refused. */
export const MAX_PAYLOAD_BYTES = 1_048_576;

/** The payload's verbatim text. @throws Problem when it is no object or too long */
export function payloadText(payload: JsonSlice, path: string): string {
  if (payload.kind !== "object") throw mistake("invalid_input", path, "must be a JSON object");
  if (payload.end - payload.start > MAX_PAYLOAD_BYTES) {
    throw mistake("payload_too_large", path, `may have ${MAX_PAYLOAD_BYTES} bytes at most`);
  }
  return textOf(payload);
}
