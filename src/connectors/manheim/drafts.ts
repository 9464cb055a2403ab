import type { ConnectorDraft } from "../connector.ts";
import type { JsonObject } from "../exact-json.ts";
import type { ChangeKind, Known } from "./changes.ts";

/** How a consignment is remembered. */
export const consignmentEntity = (id: string) => `consignment/${id}`;

/** A change on its way to become an event. */
export interface Change {
  id: string;
  kind: ChangeKind;
  /** What is remembered once it is told. */
  next: Known;
  /** Of the content. */
  hash: string | null;
  /** Of the event message where there was one, else of the consignment. */
  href: unknown;
  /** The consignment as it was received. */
  body: JsonObject;
  unit: JsonObject | null;
  /** As given, or as the hub found it: ISO 8601. */
  createdOn: string;
}

/** The event of a change: Manheim's own message form, with the unit beside it (seed 003, event message examples). */
export function draftOf({ id, kind, next, hash, href, body, unit, createdOn }: Change): ConnectorDraft {
  const message = {
    eventType: `CONSIGNMENTS.${kind.toUpperCase()}`,
    href,
    body,
    ...(unit !== null && { unit }),
    createdOn,
  };
  return {
    eventType: `manheim.consignments.${kind}`,
    payload: JSON.stringify(message),
    key: [consignmentEntity(id), kind, next.edition, next.updatedOn?.slice(0, 40), hash].join("/"),
  };
}
