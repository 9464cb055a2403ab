import type { UpstreamAnswer } from "./connector.ts";

/** What JSON calls an object. */
export type JsonObject = Record<string, unknown>;

/** True for what JSON calls an object. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const utf8 = new TextDecoder("utf-8", { fatal: true }); // drops a byte order mark

/** The JSON object that a body is, and its text as it came; null: it is none. */
export function jsonObjectIn(bytes: Uint8Array): { body: JsonObject; text: string } | null {
  try {
    const text = utf8.decode(bytes).trim();
    const body: unknown = JSON.parse(text);
    return isJsonObject(body) ? { body, text } : null;
  } catch {
    return null; // what it is instead is told by kindOf, and nothing of it
  }
}

/** What an answer's body is that is no JSON object, in words. */
export function kindOf({ body, headers }: UpstreamAnswer): string {
  if (body.length === 0) return "no body";
  const first = String.fromCharCode(body.find((byte) => byte > 0x20) ?? 0);
  if (first === "<" || headers.get("content-type")?.includes("html")) return "a web page";
  return first === "{" ? "JSON that breaks off or is damaged" : "something else than a JSON object";
}
