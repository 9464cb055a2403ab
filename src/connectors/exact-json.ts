import type { UpstreamAnswer } from "./connector.ts";
import { UpstreamError } from "./upstream-error.ts";

/** Any JSON object, its values not looked at yet. */
export type JsonObject = Record<string, unknown>;

/** Proposals that Bun runs and TypeScript's library does not list yet. */
const exact = JSON as unknown as {
  parse(
    text: string,
    revive: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(source: string): unknown;
  isRawJSON(value: unknown): boolean;
};

/**
 * Reads JSON so that `JSON.stringify` writes each number as it came, beyond 2^53 and with its zeros; a number that
 * JavaScript would write differently is an opaque object. @throws SyntaxError
 */
export const parseExactJson = (text: string): unknown =>
  exact.parse(text, (_, value, { source }) =>
    typeof value === "number" && source !== undefined && String(value) !== source
      ? exact.rawJSON(source)
      : value,
  );

/** The same text for values that differ only in the order of their keys. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value) ?? "null";
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${members.join(",")}}`;
}

/** An object with members, no array and no number kept as it came. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !exact.isRawJSON(value);

/** True for a body that is an object from its first byte to its last, as far as those two tell. */
export function looksLikeJsonObject(body: Uint8Array): boolean {
  let [first, last] = [0, body.length - 1];
  while (isBlank(body[first])) first += 1;
  while (isBlank(body[last])) last -= 1;
  return body[first] === 0x7b && body[last] === 0x7d;
}

const isBlank = (byte: number | undefined) =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/**
 * The JSON object that an upstream answered. @throws UpstreamError malformed, in words of our own: what stands for
 * the answer may hold anything
 */
export function readJsonObject({ body, headers, status }: UpstreamAnswer): JsonObject {
  const text = new TextDecoder().decode(body);
  const isPage = /\bhtml\b/i.test(headers.get("content-type") ?? "") || /^\s*</.test(text);
  if (isPage) throw new UpstreamError("malformed", "a web page stands where JSON belongs", { status });
  try {
    const value = parseExactJson(text);
    if (isJsonObject(value)) return value;
  } catch {
    throw new UpstreamError("malformed", "its JSON is broken or cut off", { status });
  }
  throw new UpstreamError("malformed", "its JSON is no object", { status });
}
