import { isObject } from "../facts.ts";

/** The ids that a callback may be answered with, and comes back with from then on (seed 004). */
export const idNames = ["customer_id", "lead_id", "agent_id", "dealer_id"] as const;

/** What a dealer's own system calls a Roadster customer, and those who deal with it; as far as known. */
export type CustomerIds = Partial<Record<(typeof idNames)[number], string>>;

/** The memory's name for a Roadster customer's ids. */
export const idsEntity = (roadsterCustomerId: string): string => `customer/${roadsterCustomerId}`;

/** The ids as they are remembered, in the order in which Roadster documents them. */
export const idsState = (ids: CustomerIds): string =>
  JSON.stringify(Object.fromEntries(idNames.map((name) => [name, ids[name]])));

/** The ids in a state of the memory; none where there is none. */
export function readIds(state: string | null): CustomerIds {
  const ids: unknown = state === null ? null : JSON.parse(state);
  return isObject(ids) ? ids : {};
}
