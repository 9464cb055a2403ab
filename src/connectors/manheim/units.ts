import type { Clock } from "../../seams.ts";
import type { Memory } from "../connector.ts";
import { isJsonObject, type JsonObject, parseExactJson } from "../exact-json.ts";
import { sideBySide } from "../side-by-side.ts";
import { UpstreamError, type UpstreamFault } from "../upstream-error.ts";
import { isRecent } from "./changes.ts";
import type { ManheimClient } from "./client.ts";

/** A unit that was read is taken as it is for this long, ms. */
const FRESH_FOR_MS = 86_400_000;

/** Units read at once. */
export const AT_ONCE = 4;

/** Units that fail before a run goes on without any. */
const CHANCES = 3;

/** Faults of all requests; any other is this unit's, whose event then goes without it. */
const FAULTS_OF_ALL: readonly UpstreamFault[] = [
  "blocked",
  "unreachable",
  "rate_limited",
  "quota_used_up",
  "bad_credentials",
];

/** How units are remembered. */
export const unitEntity = (id: string) => `unit/${id}`;

/** The units of a run, read once and then remembered, since a consignment itself names no VIN. */
export interface Units {
  /** Reads those that are not known freshly; gives what is to be remembered. @throws UpstreamError */
  read(ids: Iterable<string>, signal: AbortSignal): Promise<[entity: string, state: string][]>;
}

/** Some keys may not read units at all, and units may be out of order for a while: a run finds that out once. */
export function openUnits(
  { clock, client }: { clock: Pick<Clock, "now">; client: ManheimClient },
  memory: Pick<Memory, "recall">,
): Units {
  let chances = CHANCES;

  async function readOne(id: string, signal: AbortSignal): Promise<JsonObject | null> {
    try {
      return chances > 0 ? (await client.read(`/units/id/${id}`, { signal })).found : null;
    } catch (error) {
      if (!(error instanceof UpstreamError) || FAULTS_OF_ALL.includes(error.fault)) throw error;
      const isForAll = error.fault === "refused" || error.fault === "not_a_service";
      chances -= isForAll ? CHANCES : 1;
      return null;
    }
  }

  return {
    async read(ids, signal) {
      const now = clock.now();
      const missing = [...new Set(ids)].filter((id) => !isFresh(memory.recall(unitEntity(id)), now));
      const read: [string, string][] = [];
      const readEach = async (id: string) => ({ id, unit: await readOne(id, signal) });
      for await (const { id, unit } of sideBySide(missing, AT_ONCE, readEach)) {
        if (unit !== null) read.push([unitEntity(id), JSON.stringify({ readAt: now, unit })]);
      }
      return read;
    },
  };
}

/** The unit as it was just read or is remembered; null: there is none. */
export function unitOf(
  memory: Pick<Memory, "recall">,
  read: ReadonlyMap<string, string>,
  id: string | null,
): JsonObject | null {
  const state = id === null ? null : (read.get(unitEntity(id)) ?? memory.recall(unitEntity(id)));
  const remembered = state === null ? null : parseExactJson(state);
  return isJsonObject(remembered) && isJsonObject(remembered.unit) ? remembered.unit : null;
}

function isFresh(state: string | null, now: number): boolean {
  if (state === null) return false;
  const { readAt } = JSON.parse(state);
  return isRecent(readAt, { now, ms: FRESH_FOR_MS });
}
