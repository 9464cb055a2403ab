import type { Clock } from "../../seams.ts";
import type { ConnectorDraft, Memory, Step } from "../connector.ts";
import { type JsonObject, parseExactJson } from "../exact-json.ts";
import {
  type ChangeKind,
  comparePage,
  isChange,
  isRecent,
  type Known,
  knownFromPage,
  type Verdict,
} from "./changes.ts";
import type { ManheimClient } from "./client.ts";
import type { Consignment } from "./consignment.ts";
import { consignmentEntity, draftOf } from "./drafts.ts";
import type { ManheimSettings } from "./settings.ts";
import { type Units, unitEntity, unitOf } from "./units.ts";

/** What a run works with. */
export interface Run {
  settings: ManheimSettings;
  /** Without a slash at its end. */
  baseUrl: string;
  clock: Pick<Clock, "now">;
  client: ManheimClient;
  memory: Memory;
  units: Units;
  signal: AbortSignal;
  /** Ms UTC. */
  startedAt: number;
}

/** What consignments that were read together come to; reads the units of those that changed. */
export async function stepOf(run: Run, items: Consignment[], more: Read["more"] = () => ({})): Promise<Step> {
  const changed = items.filter((fresh) => isChange(verdictOn(run, fresh).verdict));
  const unitIds = changed.flatMap(({ unitId }) => unitId ?? []);
  // A first scan that is to become no event needs no units.
  const isTold = !run.memory.isFirst || run.settings.initialScan === "emit";
  const units = isTold ? await run.units.read(unitIds, run.signal) : [];
  return compare(run, { items, units, more });
}

interface Read {
  items: Consignment[];
  units: [entity: string, state: string][];
  /** `unlistedAt` where no list had them, by what was known. */
  more: (known: Known | null) => Pick<Known, "unlistedAt">;
}

/** What is remembered of a consignment; null: it was never seen, or was forgotten. */
export function recallConsignment(memory: Pick<Memory, "recall">, id: string): Known | null {
  const state = memory.recall(consignmentEntity(id));
  return state === null ? null : (parseExactJson(state) as Known);
}

/**
 * True for one that a message has told of since the run began: a page may have been on its way by then, so that the
 * next run compares it.
 */
export function isAhead({ startedAt, clock }: Run, known: Known | null): boolean {
  const now = clock.now();
  return known?.pushed !== undefined && isRecent(known.pushed.at, { now, ms: now - startedAt });
}

/** Compares without a pause: what a message brought while units were read is in the memory by now. */
function compare(run: Run, { items, units, more }: Read): Step {
  const now = run.clock.now();
  const unitStates = new Map(units);
  const step = {
    drafts: [] as ConnectorDraft[],
    remember: [...units],
    seen: items.flatMap(({ unitId }) => (unitId === null ? [] : unitEntity(unitId))),
    stale: 0,
  };
  for (const fresh of items) {
    const entity = consignmentEntity(fresh.id);
    const { known, verdict } = verdictOn(run, fresh);
    if (verdict === "stale") step.stale += 1;
    if (verdict === "stale" || verdict === "ahead") {
      step.seen.push(entity);
      continue;
    }
    const next = { ...knownFromPage(known, fresh, { verdict, now }), ...more(known) };
    const state = JSON.stringify(next);
    if (run.memory.recall(entity) === state) step.seen.push(entity);
    else step.remember.push([entity, state]);
    if (!isChange(verdict)) continue;
    const unit = unitOf(run.memory, unitStates, fresh.unitId);
    step.drafts.push(foundDraft(fresh, { kind: verdict, next, unit, now }));
  }
  return { ...step, pages: 1, items: items.length };
}

function verdictOn(run: Run, fresh: Consignment): { known: Known | null; verdict: Verdict | "ahead" } {
  const known = recallConsignment(run.memory, fresh.id);
  return { known, verdict: isAhead(run, known) ? "ahead" : comparePage(known, fresh) };
}

/** The event of what a page or a look-up showed. */
function foundDraft(
  { id, received, hash }: Consignment,
  { now, ...change }: { kind: ChangeKind; next: Known; unit: JsonObject | null; now: number },
): ConnectorDraft {
  const createdOn = new Date(now).toISOString();
  return draftOf({ ...change, id, hash, href: received.href, body: received, createdOn });
}
