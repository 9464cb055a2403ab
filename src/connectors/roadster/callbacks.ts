import { createHash, timingSafeEqual } from "node:crypto";
import type { ConnectorDraft, Memory, Received, ReceivedRequest } from "../connector.ts";
import { isObject, valueAt } from "../facts.ts";
import { idsEntity, readIds } from "./customer-ids.ts";
import { maskSensitive } from "./masking.ts";
import type { RoadsterSettings } from "./settings.ts";

/** The event types begin with this. */
export const EVENT_TYPE_PREFIX = "roadster.";

/** Longest event type of the hub, in characters. */
const MAX_TYPE_LENGTH = 200;

/** A longer event id is known by its digest, in characters. */
const MAX_ID_LENGTH = 200;

/**
 * Takes what Roadster tells of a customer, and answers with the ids that the dealer's own system has for it, `{}` where
 * none were set. Roadster shows the same API key that it is asked with; each event is told once, known by its
 * `event_id` (seed 004, UPSTREAMS 4).
 */
export function receiveCallback(
  { apiKey, keepSensitive }: Pick<RoadsterSettings, "apiKey" | "keepSensitive">,
  { headers, body }: ReceivedRequest,
  memory: Pick<Memory, "recall">,
): Received {
  const authorization = headers.get("authorization");
  if (authorization === null) return refused(401, "there is no Authorization header");
  if (!isBearer(authorization, apiKey)) return refused(401, "the key in Authorization is not the API key");
  const text = textIn(body);
  const event = text === null ? null : parsed(text);
  if (text === null || !isObject(event)) return refused(400, "the body is no JSON object");
  const eventType = typeOf(event.event_type);
  if (eventType === null) return refused(400, "the event has no event_type");
  const payload = keepSensitive ? text : maskSensitive(text);
  const draft: ConnectorDraft = { eventType, payload, key: keyOf(event.event_id, text) };
  return { ok: true, step: { drafts: [draft] }, answer: idsFor(event, memory) };
}

const refused = (status: 400 | 401, reason: string): Received => ({ ok: false, status, reason });

/** Takes the same time wherever the two differ. */
function isBearer(authorization: string, apiKey: string): boolean {
  const [, token = ""] = /^Bearer +(.*)$/i.exec(authorization.trim()) ?? [];
  return timingSafeEqual(digest(token), digest(apiKey));
}

const digest = (text: string) => createHash("sha256").update(text).digest();

const utf8 = new TextDecoder("utf-8", { fatal: true }); // drops a byte order mark

function textIn(body: Uint8Array): string | null {
  try {
    return utf8.decode(body);
  } catch {
    return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // the parser's message quotes the body
  }
}

/** Whatever its name: what does not fit an event type becomes "_". Null: it has none. */
function typeOf(name: unknown): string | null {
  if (typeof name !== "string" || name.trim() === "") return null;
  const parts = name
    .trim()
    .replace(/[^A-Za-z0-9_.-]/gu, "_")
    .split(".");
  const whole = EVENT_TYPE_PREFIX + parts.map((part) => part || "_").join(".");
  return whole.slice(0, MAX_TYPE_LENGTH).replace(/\.$/, "_"); // the cut may fall behind a dot
}

/** An event without an id is known by all that it says. */
function keyOf(eventId: unknown, text: string): string {
  const isId = (typeof eventId === "string" && eventId.trim() !== "") || typeof eventId === "number";
  const id = isId ? String(eventId).trim() : `sha256:${digest(text).toString("hex")}`;
  return `callback/${id.length > MAX_ID_LENGTH ? `sha256:${digest(id).toString("hex")}` : id}`;
}

function idsFor(event: Record<string, unknown>, memory: Pick<Memory, "recall">) {
  const id = valueAt(event, "customer.id");
  const isId = typeof id === "string" || typeof id === "number";
  return isId ? readIds(memory.recall(idsEntity(String(id)))) : {};
}
