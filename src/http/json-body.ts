import { Elysia } from "elysia";
import { Problem } from "../problems.ts";

/** The largest JSON body that a customer's call may have. */
export const MAX_JSON_BODY_BYTES = 256 * 1024;

/** Deeper than anything the API takes, and far from what exhausts the parser's or validator's stack. */
export const MAX_JSON_DEPTH = 64;

/** Elysia reads the body itself when a parser gives undefined, so an empty body takes this form until then. */
const EMPTY = Symbol("empty body");

const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json$/i;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Reads the bodies of the routes of the instance that uses it as JSON, within limits; an empty body is undefined. */
export const jsonBody = new Elysia({ name: "json-body" })
  .onParse({ as: "scoped" }, async ({ request }) => (await readJson(request, MAX_JSON_BODY_BYTES)) ?? EMPTY)
  .onTransform({ as: "scoped" }, (context) => {
    if (context.body === EMPTY) (context as { body: unknown }).body = undefined;
  });

/**
 * Reads a body, and stops reading where it grows beyond the limit.
 * @throws Problem request_too_large, or bad_request when the body breaks off.
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const announced = request.headers.get("content-length");
  if (announced === null) return readChunks(request, maxBytes);
  if (Number(announced) > maxBytes) {
    letGoBy(request).catch(() => {}); // the answer does not wait for what is refused
    throw tooLarge(maxBytes);
  }
  try {
    return await request.bytes();
  } catch {
    throw brokenOff();
  }
}

/** Reads what nobody wants, so that a client that sends before it listens gets to its answer; Bun bounds how much. */
async function letGoBy(request: Request): Promise<void> {
  const reader = request.body?.getReader();
  while (reader) {
    const { done } = await reader.read();
    if (done) return;
  }
}

async function readChunks(request: Request, maxBytes: number): Promise<Uint8Array> {
  const whole = new Bun.ArrayBufferSink(); // one buffer: a body of single bytes must not become a million objects
  whole.start({ asUint8Array: true });
  let length = 0;
  const reader = request.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read().catch(() => {
      throw brokenOff();
    });
    if (done) break;
    length += value.byteLength;
    if (length > maxBytes) {
      reader.cancel().catch(() => {}); // the answer does not wait for what is refused
      throw tooLarge(maxBytes);
    }
    whole.write(value);
  }
  return whole.end() as Uint8Array;
}

/**
 * Reads a body as JSON, for a route that takes larger ones than usual; undefined where it is empty.
 * @throws Problem request_too_large, bad_request, malformed_json, unsupported_form
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  refuseOtherTypes(request);
  const bytes = await readBody(request, maxBytes);
  if (bytes.byteLength === 0) return undefined;
  if (isNestedDeeper(bytes, MAX_JSON_DEPTH)) {
    throw new Problem("malformed_json", {
      detail: `The body is nested deeper than ${MAX_JSON_DEPTH} levels.`,
    });
  }
  return parse(bytes);
}

function refuseOtherTypes(request: Request): void {
  const given = request.headers.get("content-type");
  if (given === null || JSON_TYPE.test(given.split(";", 1)[0]?.trim() ?? "")) return;
  // Nothing in no form: curl and others name a type on every POST.
  if (request.body === null || request.headers.get("content-length") === "0") return;
  throw new Problem("unsupported_form", {
    detail: "Send the body as JSON, with the header Content-Type: application/json.",
  });
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    throw new Problem("malformed_json"); // the parser's message quotes the body
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** True when arrays and objects stand in each other more than `levels` deep; brackets in strings do not count. */
export function isNestedDeeper(json: Uint8Array, levels: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (inString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === 0x5b || byte === 0x7b) {
      depth++; // [ or {
      if (depth > levels) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth--; // ] or }
  }
  return false;
}

const tooLarge = (maxBytes: number) =>
  new Problem("request_too_large", { detail: `A body here may have at most ${maxBytes} bytes.` });

const brokenOff = () => new Problem("bad_request", { detail: "The body broke off." });
