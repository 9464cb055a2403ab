import type { ConnectorDraft, Memory, Step } from "../connector.ts";
import { digestOf, isObject } from "../facts.ts";
import { EVENT_TYPE_PREFIX } from "./callbacks.ts";

type Json = Record<string, unknown>;

/** A vehicle in a dealer's inventory, as one page of it shows it. */
export interface Vehicle {
  vin: string;
  isInStock: boolean;
  /** As it was received. */
  row: Json;
}

/** What is remembered of a vehicle. */
export interface Known {
  isInStock: boolean;
  /** A short digest of each of its parts, to tell which have changed. */
  parts: Record<string, string>;
  /** Events so far: they are numbered, so that each is told once. */
  told: number;
}

/** What happens to vehicles. */
type ChangeKind = "added" | "updated" | "removed";

/** Of a digest this much is remembered: it is only compared with what the same part was before. */
const DIGEST_LENGTH = 8;

/** The memory's names for a dealer's vehicles begin with this. */
export const entitiesOf = (dpid: string): string => `vehicle/${dpid}/`;

/** What was remembered of a vehicle; null: it was never seen. */
export function recall(memory: Pick<Memory, "recall">, dpid: string, vin: string): Known | null {
  const state = memory.recall(entitiesOf(dpid) + vin);
  return state === null ? null : (JSON.parse(state) as Known);
}

/** Reads the rows of a page; those without a VIN are left out. Null: it is no page. */
export function readVehicles(value: unknown): Vehicle[] | null {
  const rows = isObject(value) ? value.vehicles : null;
  if (!Array.isArray(rows)) return null;
  return rows.filter(isObject).flatMap((row) => {
    const { vin, in_stock } = row;
    if (typeof vin !== "string" || vin.trim() === "") return [];
    return [{ vin: vin.trim(), isInStock: in_stock !== false && in_stock !== "false", row }];
  });
}

/** What a page says that was not known; pure. */
export function stepFor(vehicles: readonly Vehicle[], dpid: string, memory: Pick<Memory, "recall">): Step {
  const seen: string[] = [];
  const remember: [string, string][] = [];
  const drafts: ConnectorDraft[] = [];
  for (const vehicle of vehicles) {
    const entity = entitiesOf(dpid) + vehicle.vin;
    const before = recall(memory, dpid, vehicle.vin);
    const change = changeOf(vehicle, before);
    if (change === null) {
      if (before !== null) seen.push(entity);
      continue;
    }
    const told = (before?.told ?? 0) + 1;
    const parts = partsOf(vehicle.row);
    drafts.push(draftOf(change, { ...vehicle, dpid, told }));
    remember.push([entity, JSON.stringify({ isInStock: vehicle.isInStock, parts, told } satisfies Known)]);
  }
  return { drafts, seen, remember, pages: 1, items: vehicles.length };
}

/** Of a vehicle that the inventory no longer has. */
export function stepForGone(vin: string, dpid: string, before: Known): Step {
  const told = before.told + 1;
  const after: Known = { ...before, isInStock: false, told };
  const draft = draftOf({ kind: "removed", changed: [] }, { vin, dpid, told, row: null });
  return { drafts: [draft], remember: [[entitiesOf(dpid) + vin, JSON.stringify(after)]] };
}

interface Change {
  kind: ChangeKind;
  /** The names of the parts that are not as they were; of what was not there before, none. */
  changed: string[];
}

function changeOf({ isInStock, row }: Vehicle, before: Known | null): Change | null {
  if (!before?.isInStock) return isInStock ? { kind: "added", changed: [] } : null;
  const parts = partsOf(row);
  const names = new Set([...Object.keys(before.parts), ...Object.keys(parts)]);
  const changed = [...names].filter((name) => before.parts[name] !== parts[name]).sort();
  if (!isInStock) return { kind: "removed", changed };
  return changed.length === 0 ? null : { kind: "updated", changed };
}

/** Nulls are nothing. */
const partsOf = (row: Json): Record<string, string> =>
  Object.fromEntries(
    Object.entries(row)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, digestOf(value).slice(0, DIGEST_LENGTH)]),
  );

function draftOf(
  { kind, changed }: Change,
  { vin, dpid, told, row }: { vin: string; dpid: string; told: number; row: Json | null },
): ConnectorDraft {
  const eventType = `${EVENT_TYPE_PREFIX}vehicle.${kind}`;
  const payload = JSON.stringify({ type: eventType, dpid, vin, changed, vehicle: row });
  return { eventType, payload, key: `${dpid}/${vin}/${told}/${kind}` };
}
