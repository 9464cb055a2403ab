import type { ConnectorDraft } from "../connector.ts";
import type { Change } from "./changes.ts";

/** What of a stock item stands in each of its events. */
export interface Subject {
  id: string;
  vrm: string | null;
  vin: string | null;
  /** As it was received; null: it can no longer be had. */
  text: string | null;
}

/** The event types begin with this. */
export const EVENT_TYPE_PREFIX = "dealerauction.";

/**
 * The events of some changes, numbered on from the last that the stock item gave. Stock and listing stand in the
 * payload as they were received, byte for byte: buyers' names, too, which must go nowhere else.
 */
export function draftsOf(changes: readonly Change[], subject: Subject, told: number): ConnectorDraft[] {
  return changes.map((change, index) => ({
    eventType: EVENT_TYPE_PREFIX + change.kind,
    payload: payloadOf(change, subject),
    key: `${subject.id}/${told + index + 1}/${change.kind}`,
  }));
}

function payloadOf({ kind, listing, previous, changed, bid }: Change, subject: Subject): string {
  const { id, vrm, vin, text } = subject;
  const parts = [
    ["type", JSON.stringify(EVENT_TYPE_PREFIX + kind)],
    ["vrm", JSON.stringify(vrm)],
    ["vin", JSON.stringify(vin)],
    ...(bid ? [["bid", JSON.stringify({ value: bid.value, time: bid.time })]] : []),
    ["previous", JSON.stringify(previous)],
    ["changed", JSON.stringify(changed)],
    ["stock", text ?? JSON.stringify({ id, vehicle: { vrm, vin } })],
    ["listing", listing?.text ?? "null"],
  ];
  return `{${parts.map(([name, json]) => `"${name}":${json}`).join(",")}}`;
}
