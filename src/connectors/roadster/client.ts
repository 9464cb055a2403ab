import type { UpstreamWords } from "../command.ts";
import type { ConnectionParts, UpstreamAnswer, UpstreamCall } from "../connector.ts";
import { isObject } from "../facts.ts";
import { cutWords, failedAnswer } from "../failed-answer.ts";
import { getRetrying, isTemporaryStatus } from "../retrying.ts";
import { UpstreamError } from "../upstream-error.ts";
import { type Operation, placeOf, type RoadsterSettings } from "./settings.ts";

/** What the upstream's operations are asked with. */
export type Parts = Pick<
  ConnectionParts<RoadsterSettings>,
  "settings" | "upstream" | "clock" | "random" | "randomBytes"
>;

type Json = Record<string, unknown>;

/** What is asked of the upstream. */
export interface Ask {
  operation: Operation;
  /** What stands in the braces of its path. */
  names?: Record<string, string>;
  /** Sent in the query of a GET, and else as a JSON body. */
  payload?: Json;
}

/** How it may be asked. */
export interface Asking {
  signal: AbortSignal;
  /** For the whole exchange, ms. */
  timeoutMs?: number;
  /** A person waits for it. */
  isUrgent?: boolean;
}

/** For an exchange that a person waits for, ms; one with a document takes as long as any may. */
export const PATIENCE_MS = 20_000;
export const DOCUMENT_PATIENCE_MS = 60_000;

/** The largest document that is sent to the upstream or fetched from it. */
export const MAX_DOCUMENT_BYTES = 15 * 1024 * 1024;

/** JSON with such a document in base64, and something around it. */
export const MAX_DOCUMENT_JSON_BYTES = Math.ceil(MAX_DOCUMENT_BYTES / 3) * 4 + 64 * 1024;

/** Operations that answer with a whole document. */
export const documentOperations: readonly Operation[] = ["document", "templateFile"];

/** What a success holds. */
export interface Found {
  text: string;
  value: unknown;
  /** The upstream's own time, ms UTC. */
  date: number | null;
}

/** The upstream's operations, one exchange each or as many as it takes. @throws UpstreamError */
export function openClient(parts: Parts) {
  const { upstream, settings, clock } = parts;
  return {
    /** Asks again while a failure may pass; for GETs. */
    async get(ask: Ask, asking: Asking): Promise<Found> {
      const call = callFor(settings, ask, asking);
      const isTemporary = (answer: UpstreamAnswer) =>
        isTemporaryStatus(answer.status) || isUnreadable(answer);
      return foundIn(await getRetrying(parts, call, isTemporary), nameOf(settings, ask), clock.now());
    },
    /** Asks once. */
    async once(ask: Ask, asking: Asking): Promise<Found> {
      return foundIn(
        await upstream.exchange(callFor(settings, ask, asking)),
        nameOf(settings, ask),
        clock.now(),
      );
    },
    /** Asks once, and gives the answer as it came. */
    send: (ask: Ask, asking: Asking): Promise<UpstreamAnswer> =>
      upstream.exchange(callFor(settings, ask, asking)),
  };
}

export type Client = ReturnType<typeof openClient>;

function callFor(settings: RoadsterSettings, ask: Ask, asking: Asking): UpstreamCall {
  const { operation, names = {}, payload } = ask;
  const { method, path } = placeOf(settings, operation);
  const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? ""));
  const headers: Record<string, string> = {
    authorization: `Bearer ${settings.apiKey}`,
    accept: "application/json",
  };
  const maxAnswerBytes = documentOperations.includes(operation) && MAX_DOCUMENT_JSON_BYTES;
  const call = { method, url, headers, ...(maxAnswerBytes && { maxAnswerBytes }), ...asking };
  if (payload === undefined) return call;
  if (method === "GET") return { ...call, query: queryOf(payload) };
  headers["content-type"] = "application/json";
  return { ...call, body: JSON.stringify(payload) };
}

/** `{"dealer": {"dpid": "x"}}` is `dealer[dpid]=x`; the brackets are percent-encoded on the way (UPSTREAMS 4). */
function queryOf(payload: Json, inside?: string): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [key, value] of Object.entries(payload)) {
    const name = inside === undefined ? key : `${inside}[${key}]`;
    if (isObject(value)) Object.assign(query, queryOf(value, name));
    else if (value !== undefined && value !== null) query[name] = String(value);
  }
  return query;
}

/** As errors name it: without ids. */
const nameOf = (settings: RoadsterSettings, { operation }: Ask): string => {
  const { method, path } = placeOf(settings, operation);
  return `${method} ${path.split("?")[0]}`;
};

/** The JSON of a success. @throws UpstreamError */
export function foundIn(answer: UpstreamAnswer, operation: string, now: number): Found {
  const { status, date } = answer;
  const detail = `${operation} answered ${status}`;
  const failedAs = (as: number) =>
    failedAnswer(answer, { detail, words: { ...wordsIn(answer), status: as }, now });
  if (status < 200 || status > 299) throw failedAs(status);
  const read = readJson(answer);
  if (read === null) throw new UpstreamError("malformed", `${operation} answered ${kindOf(answer)}`);
  if (isRefusal(read.value)) throw failedAs(400);
  return { ...read, date };
}

/** It says so of some mistakes under the status of a success, too. */
export const isRefusal = (value: unknown): boolean => isObject(value) && value.status === "error";

/** What the upstream says of its failure, in its own words; nothing of a body that has another form. */
export function wordsIn(answer: UpstreamAnswer): UpstreamWords {
  const value = readJson(answer)?.value;
  const { error, message, code } = isObject(value) ? value : {};
  return { status: answer.status, errorCode: cutWords(code), message: cutWords(error) ?? cutWords(message) };
}

/** A proxy's page, or half an answer, under the status of a success. */
export const isUnreadable = (answer: UpstreamAnswer): boolean =>
  answer.status >= 200 && answer.status < 300 && readJson(answer) === null;

const utf8 = new TextDecoder("utf-8", { fatal: true }); // drops a byte order mark

/** Null: it is no JSON. */
export function readJson({ body }: UpstreamAnswer): { text: string; value: unknown } | null {
  try {
    const text = utf8.decode(body).trim();
    return { text, value: JSON.parse(text) };
  } catch {
    return null; // what it is instead is told by kindOf, and nothing of it
  }
}

function kindOf({ body, headers }: UpstreamAnswer): string {
  if (body.length === 0) return "with no body";
  const first = String.fromCharCode(body.find((byte) => byte > 0x20) ?? 0);
  if (first === "<" || headers.get("content-type")?.includes("html")) return "with a web page";
  return /[[{"]/.test(first) ? "with JSON that breaks off or is damaged" : "with something else than JSON";
}
