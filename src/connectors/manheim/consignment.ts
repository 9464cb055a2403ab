import { canonicalJson, isJsonObject, type JsonObject } from "../exact-json.ts";
import { UpstreamError } from "../upstream-error.ts";

/** A consignment as it was received, and what is compared of it. */
export interface Consignment {
  id: string;
  unitId: string | null;
  /** ACTIVE, CHECKED_IN, CHECKED_OUT or CANCELLED, and whatever else there may be (seed 003). */
  status: string | null;
  /** As given: UTC with milliseconds. */
  updatedOn: string | null;
  /** Without what differs between a message and a page for the same state. */
  comparable: JsonObject;
  /** The same for the same `comparable`. */
  hash: string;
  received: JsonObject;
}

/** Reads one of a list or of a message; only its `href` must be there. @throws UpstreamError malformed */
export function readConsignment(received: unknown): Consignment {
  const id = isJsonObject(received) ? idIn(received.href, "consignments") : null;
  if (!isJsonObject(received) || id === null) {
    throw new UpstreamError("malformed", "a consignment has no href of its own");
  }
  const same = comparable(received);
  return {
    id,
    unitId: isJsonObject(received.unit) ? idIn(received.unit.href, "units") : null,
    status: textOrNull(received.status),
    updatedOn: textOrNull(received.updatedOn),
    comparable: same,
    hash: hashOf(same),
    received,
  };
}

const LINKS = {
  consignments: /\/consignments\/id\/([\w-]{1,100})\/?$/,
  units: /\/units\/id\/([\w-]{1,100})\/?$/,
  events: /\/events\/id\/([\w-]{1,100})\/?$/,
} as const;

/** The id that ends a link such as `…/units/id/<id>`; null: it is no such link. */
export function idIn(href: unknown, collection: keyof typeof LINKS): string | null {
  return typeof href === "string" ? (LINKS[collection].exec(href)?.[1] ?? null) : null;
}

/** A short text that is the same for the same content. */
export const hashOf = (value: JsonObject): string =>
  new Bun.CryptoHasher("sha256").update(canonicalJson(value)).digest("base64url").slice(0, 22);

/** Ms UTC; null: no date that can be ordered. */
export function orderOf(updatedOn: string | null): number | null {
  const at = updatedOn === null ? Number.NaN : Date.parse(updatedOn);
  return Number.isNaN(at) ? null : at;
}

/** Messages repeat their type and the work order inside, and may hold the whole unit (seed 003, CHECKEDIN). */
function comparable({ type: _, unit, referenceId, ...rest }: JsonObject): JsonObject {
  return {
    ...rest,
    ...(unit !== undefined && { unit: isJsonObject(unit) ? { href: unit.href } : unit }),
    ...(referenceId !== undefined && { referenceId: withoutRepetition(referenceId) }),
  };
}

function withoutRepetition(referenceId: unknown): unknown {
  if (!isJsonObject(referenceId)) return referenceId;
  const { workOrder, workOrderNumber = workOrder, ...rest } = referenceId;
  return { ...rest, workOrderNumber };
}

const textOrNull = (value: unknown) => (typeof value === "string" ? value : null);
