import type { Step } from "../connector.ts";
import type { JsonObject } from "../exact-json.ts";
import { sideBySide } from "../side-by-side.ts";
import { UpstreamError } from "../upstream-error.ts";
import { GONE_FOR_MS, isRecent, type Known, knownToBeGone } from "./changes.ts";
import { type Consignment, readConsignment } from "./consignment.ts";
import { consignmentEntity, draftOf } from "./drafts.ts";
import { isAhead, type Run, recallConsignment, stepOf } from "./steps.ts";
import { AT_ONCE, unitEntity, unitOf } from "./units.ts";

/** One that exists though no list has it is looked up again after this, ms: lists may leave old ones out for good. */
const LOOK_AGAIN_AFTER_MS = 86_400_000;

/** Look-ups before what they came to is told. */
const TOLD_AT_ONCE = 20;

/** Things forgotten in one step. */
const FORGOTTEN_AT_ONCE = 500;

/**
 * Looks up by its id whatever a complete scan has not met: absence alone proves nothing (UPSTREAMS 2). What is gone
 * gives `removed`; what is there is compared like any other. What is of no use any more is forgotten.
 * @throws UpstreamError when an answer leaves it open whether one is gone; it stays as it was
 */
export async function* removals(run: Run): AsyncIterable<Step> {
  const unseen = [...run.memory.unseen()];
  const due = idsIn(unseen, consignmentEntity("")).filter((id) => isDue(run, id));
  let openCases = 0;
  for (let at = 0; at < due.length; at += TOLD_AT_ONCE) {
    const { there, gone, open } = await lookUp(run, due.slice(at, at + TOLD_AT_ONCE));
    openCases += open;
    if (there.length > 0) {
      const now = run.clock.now();
      const step = await stepOf(run, there, (known) => ({
        unlistedAt: known?.unlistedAt === undefined ? 0 : now,
      }));
      yield { ...step, pages: 0 };
    }
    for (const id of gone) yield* removalOf(run, id);
  }
  const useless = unseen.filter((entity) => isUseless(run, entity));
  for (let at = 0; at < useless.length; at += FORGOTTEN_AT_ONCE) {
    yield { drafts: [], forget: useless.slice(at, at + FORGOTTEN_AT_ONCE) };
  }
  if (openCases > 0) {
    throw new UpstreamError("malformed", `web pages stand where ${openCases} consignments may have been`);
  }
}

const idsIn = (entities: string[], prefix: string) =>
  entities.filter((entity) => entity.startsWith(prefix)).map((entity) => entity.slice(prefix.length));

function isDue(run: Run, id: string): boolean {
  const { memory, clock } = run;
  const known = recallConsignment(memory, id);
  if (known === null || known.goneAt !== undefined || isAhead(run, known)) return false;
  const { unlistedAt } = known;
  return unlistedAt === undefined || !isRecent(unlistedAt, { now: clock.now(), ms: LOOK_AGAIN_AFTER_MS });
}

/** A unit that no page named, or what was gone long ago. */
function isUseless({ memory, clock }: Run, entity: string): boolean {
  if (entity.startsWith(unitEntity(""))) return true;
  const [id] = idsIn([entity], consignmentEntity(""));
  const goneAt = id === undefined ? undefined : recallConsignment(memory, id)?.goneAt;
  return goneAt !== undefined && clock.now() - goneAt >= GONE_FOR_MS;
}

async function lookUp({ client, signal }: Run, ids: string[]) {
  const read = async (id: string) => ({
    id,
    resource: await client.read(`/consignments/id/${id}`, { signal }),
  });
  const there: Consignment[] = [];
  const gone: string[] = [];
  let open = 0;
  for await (const { id, resource } of sideBySide(ids, AT_ONCE, read)) {
    if (resource.found !== null) there.push(readConsignment(resource.found));
    else if (resource.isGone) gone.push(id);
    else open += 1;
  }
  return { there, gone, open };
}

/** Tells what was known last, with the unit; nothing where a message has told of it since the run began. */
async function* removalOf(run: Run, id: string): AsyncIterable<Step> {
  const { memory } = run;
  const { unitId = null } = recallConsignment(memory, id) ?? {};
  const units = await run.units.read(unitId === null ? [] : [unitId], run.signal);
  const known = recallConsignment(memory, id);
  if (known === null || isAhead(run, known)) return;
  const now = run.clock.now();
  const next = knownToBeGone(known, now);
  const href = `${run.baseUrl}/consignments/id/${id}`;
  const draft = draftOf({
    id,
    kind: "removed",
    next,
    hash: known.hash,
    href,
    body: lastKnown(known, { href, baseUrl: run.baseUrl }),
    unit: unitOf(memory, new Map(units), unitId),
    createdOn: new Date(now).toISOString(),
  });
  yield { drafts: [draft], remember: [[consignmentEntity(id), JSON.stringify(next)]] };
}

/** A consignment that is gone cannot be read any more. */
function lastKnown(
  { unitId, status, updatedOn }: Known,
  { href, baseUrl }: { href: string; baseUrl: string },
): JsonObject {
  const unit = unitId === null ? {} : { unit: { href: `${baseUrl}/units/id/${unitId}` } };
  return { href, ...unit, status, updatedOn };
}
