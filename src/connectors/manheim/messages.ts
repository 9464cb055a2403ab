import { createHash, timingSafeEqual } from "node:crypto";
import type { ConnectionParts, Memory, Received, ReceivedRequest, Step } from "../connector.ts";
import { isJsonObject, type JsonObject, parseExactJson } from "../exact-json.ts";
import { UpstreamError } from "../upstream-error.ts";
import { type ChangeKind, changeKinds, compareMessage, isChange, knownFromMessage } from "./changes.ts";
import { type Consignment, hashOf, idIn, readConsignment } from "./consignment.ts";
import { consignmentEntity, draftOf } from "./drafts.ts";
import type { ManheimSettings } from "./settings.ts";
import { recallConsignment } from "./steps.ts";
import { unitEntity, unitOf } from "./units.ts";

/** Messages that only try the way; the documentation and a public receiver know one each (UPSTREAMS 2, push). */
const TESTS = ["TEST.EVENT", "TEST.TESTED"];

/** What a message says, in either of its forms. */
interface Message {
  eventType: string;
  /** Ends the event's href; a message without one is known by its content. */
  eventId: string;
  href: unknown;
  /** Null: it only names a resource, which the next run reads. */
  body: JsonObject | null;
  createdOn: string;
  whole: JsonObject;
}

/** Takes what Manheim pushes to its subscribers; there is no signature, only the header that they registered. */
export function receiveMessage(
  { settings, clock }: Pick<ConnectionParts<ManheimSettings>, "settings" | "clock">,
  { headers, body }: ReceivedRequest,
  memory: Pick<Memory, "recall">,
): Received {
  const { callbackHeader } = settings;
  if (callbackHeader === undefined) return refused(401, "no callbackHeader is set, so that no push is taken");
  if (!isEqual(headers.get(callbackHeader.name) ?? "", callbackHeader.value)) {
    return refused(401, `the header ${callbackHeader.name} is not the one that was registered`);
  }
  try {
    const message = readMessage(new TextDecoder().decode(body), clock.now());
    if (message === null) return refused(400, "the body is no event message");
    return { ok: true, step: stepFor(message, memory, clock.now()) };
  } catch (error) {
    if (error instanceof UpstreamError) return refused(400, error.message);
    throw error;
  }
}

const refused = (status: 400 | 401, reason: string): Received => ({ ok: false, status, reason });

/** Takes the same time wherever the two differ. */
const isEqual = (given: string, wanted: string): boolean => timingSafeEqual(digest(given), digest(wanted));

const digest = (text: string) => createHash("sha256").update(text).digest();

/** Older messages have `resource` and `relatedResources` in place of `href` and `subscriber` (UPSTREAMS 2, push). */
function readMessage(text: string, now: number): Message | null {
  const whole = parsed(text);
  if (!isJsonObject(whole) || typeof whole.eventType !== "string") return null;
  const eventType = whole.eventType.toUpperCase();
  if (!/^[A-Z0-9_-]+(\.[A-Z0-9_-]+)*$/.test(eventType) || eventType.length > 150) return null;
  const { resource } = whole;
  const href = whole.href ?? (isJsonObject(resource) ? resource.href : resource);
  return {
    eventType,
    eventId: idIn(href, "events") ?? hashOf(whole),
    href,
    body: isJsonObject(whole.body) ? whole.body : null,
    createdOn: typeof whole.createdOn === "string" ? whole.createdOn : new Date(now).toISOString(),
    whole,
  };
}

function parsed(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return null;
  }
}

function stepFor(message: Message, memory: Pick<Memory, "recall">, now: number): Step {
  const { eventType, body } = message;
  if (TESTS.includes(eventType)) return { drafts: [] };
  if (!eventType.startsWith("CONSIGNMENTS.")) return passedOn(message);
  return body === null ? { drafts: [] } : consignmentStep(readConsignment(body), { message, memory, now });
}

/** Events of other resources, such as OFFERINGS.PURCHASED, go on as they came; a unit is read anew after its own. */
function passedOn({ eventType, eventId, body, whole }: Message): Step {
  const unitId = eventType.startsWith("UNITS.") ? idIn(body?.href, "units") : null;
  const draft = {
    eventType: `manheim.${eventType.toLowerCase()}`,
    payload: JSON.stringify(whole),
    key: `event/${eventId}`,
  };
  return { drafts: [draft], ...(unitId !== null && { forget: [unitEntity(unitId)] }) };
}

function consignmentStep(
  fresh: Consignment,
  { message, memory, now }: { message: Message; memory: Pick<Memory, "recall">; now: number },
): Step {
  const { eventId, eventType, href, createdOn } = message;
  const entity = consignmentEntity(fresh.id);
  const known = recallConsignment(memory, fresh.id);
  const verdict = compareMessage(known, fresh, { eventId, kind: kindNamed(eventType) });
  if (verdict === "stale") return { drafts: [], seen: [entity], stale: 1 };
  const next = knownFromMessage(known, fresh, { eventId, verdict, now });
  const state = JSON.stringify(next);
  const remember = state === memory.recall(entity) ? [] : [[entity, state] as const];
  if (!isChange(verdict)) return { drafts: [], seen: [entity], remember };
  const { id, hash, received: body } = fresh;
  const draft = draftOf({
    id,
    kind: verdict,
    next,
    hash,
    href,
    body,
    unit: unitFor(fresh, memory),
    createdOn,
  });
  return { drafts: [draft], remember };
}

function kindNamed(eventType: string): ChangeKind | null {
  const name = eventType.slice("CONSIGNMENTS.".length).toLowerCase();
  return changeKinds.find((kind) => kind === name && kind !== "removed") ?? null;
}

/** Some messages hold the whole unit; a message is answered at once, so that no other is read for it. */
function unitFor({ received, unitId }: Consignment, memory: Pick<Memory, "recall">): JsonObject | null {
  if (isJsonObject(received.unit) && typeof received.unit.vin === "string") return received.unit;
  return unitOf(memory, new Map(), unitId);
}
