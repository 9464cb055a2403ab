import {
  isLost,
  isUnsent,
  refusedBy,
  type Undone,
  type UpstreamCommand,
  type UpstreamWords,
  type Verdict,
} from "../command.ts";
import { type JsonObject, jsonObjectIn } from "../json-answer.ts";
import { UpstreamError } from "../upstream-error.ts";
import { type Client, idIn, type Parts, wordsIn } from "./client.ts";
import { sendOnce } from "./sending.ts";
import { vinIn } from "./snapshots.ts";

/** What a deal is started with (seed 001). */
export interface SellRequest {
  vin: string;
  amount?: number | undefined;
  buyerName?: string | undefined;
  buyerEmail?: string | undefined;
  buyerSendLink?: boolean | undefined;
  sellerName?: string | undefined;
  sellerEmail?: string | undefined;
  sellerSendLink?: boolean | undefined;
  year?: number | undefined;
  make?: string | undefined;
  model?: string | undefined;
  trim?: string | undefined;
}

/** Waits before the looks after a lost answer, ms: what is still under way at the upstream shows a little later. */
const LOOK_AFTER_MS = [0, 2000, 5000];

/** Pages of a list that are looked through at most. */
const MAX_PAGES = 50;

/** What the upstream's `Date` is rounded to, ms; without one, how far the clocks may differ. */
const DATE_STEP_MS = 1000;
const CLOCKS_DIFFER_MS = 300_000;

/**
 * Starts a deal. The upstream knows no idempotency: it is sent once, and after a lost answer deals and offers that are
 * new since then are looked through for the vehicle.
 */
export function openSell({
  client,
  clock,
  settings,
}: Parts & { client: Client }): UpstreamCommand<SellRequest> {
  const path = `/sell/${encodeURIComponent(settings.partnerId)}`;

  return {
    makesAnew: true,
    async perform(request, { sending, signal }) {
      const date = await client.check(signal);
      const since = date === null ? clock.now() - CLOCKS_DIFFER_MS : date - DATE_STEP_MS;
      await sending(JSON.stringify({ since }));
      const answer = await sendOnce(() => client.post(path, request, signal));
      if (answer instanceof UpstreamError) {
        if (isUnsent(answer)) return { outcome: "not-done", code: "upstream_failed", detail: answer.message };
        return look(request, { since, signal, said: null });
      }
      if (isLost(answer.status)) return look(request, { since, signal, said: wordsIn(answer) });
      if (answer.status >= 300) return refusedBy(wordsIn(answer));
      const done = doneIn(answer.body);
      return done ?? look(request, { since, signal, said: wordsIn(answer) });
    },
    async lookUp(request, before, signal) {
      const { since } = JSON.parse(before) as { since: number };
      return judge(request, await findNew(request.vin, since, signal));
    },
  };

  async function look(
    request: SellRequest,
    { since, signal, said }: { since: number; signal: AbortSignal; said: UpstreamWords | null },
  ): Promise<Verdict> {
    let verdict: Undone = unknown("The answer was lost.");
    for (const waitMs of LOOK_AFTER_MS) {
      if (waitMs > 0) await clock.sleep(waitMs, signal);
      signal.throwIfAborted();
      try {
        const found = judge(request, await findNew(request.vin, since, signal));
        if (found.outcome === "done") return found;
        verdict = found;
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        verdict = unknown(`The answer was lost, and then the deals could not be read: ${error.message}.`);
      }
    }
    // It may still be under way there: only later looks can tell that it was never done.
    return { ...verdict, outcome: "unknown", ...(said && { upstream: said }) };
  }

  /** The first deal, else offer, for this vehicle that was made since then. @throws UpstreamError */
  async function findNew(vin: string, since: number, signal: AbortSignal): Promise<Found | null> {
    const vins = new Map<string, string | null>();
    for (const resource of ["deals", "offers"] as const) {
      for (const record of await newIn(resource, since, signal)) {
        const listingId = idIn(record.listingId) ?? idIn(record.listing);
        if (listingId === null) continue;
        if (!vins.has(listingId)) {
          vins.set(listingId, vinIn((await client.record(asked(signal), "listings", listingId)).body));
        }
        if (vins.get(listingId)?.toUpperCase() === vin.toUpperCase()) return { resource, record, listingId };
      }
    }
    return null;
  }

  async function newIn(resource: string, since: number, signal: AbortSignal): Promise<JsonObject[]> {
    const found: JsonObject[] = [];
    for (let page = 0; page < MAX_PAGES; page++) {
      const { items, hasMore } = await client.page(resource, page, asked(signal)); // in no order that is told
      found.push(...items.filter(({ createdAt }) => Date.parse(String(createdAt)) >= since));
      if (!hasMore || items.length === 0) return found;
    }
    throw new UpstreamError("malformed", `there are too many ${resource} to look through`);
  }
}

interface Found {
  resource: "deals" | "offers";
  record: JsonObject;
  listingId: string;
}

const asked = (signal: AbortSignal) => ({ signal, timeoutMs: 20_000, isUrgent: true });

/** What the upstream says of a deal that it has made; null: it cannot be read. */
function doneIn(body: Uint8Array): Verdict | null {
  const read = jsonObjectIn(body);
  if (read === null || (idIn(read.body.dealId) ?? idIn(read.body.guid)) === null) return null;
  return { outcome: "done", answer: read.text };
}

function judge({ amount }: SellRequest, found: Found | null): Verdict {
  if (found === null) {
    const detail = "Neither a deal nor an offer for this vehicle was made.";
    return { outcome: "not-done", code: "upstream_failed", detail };
  }
  const { resource, record, listingId } = found;
  const price = typeof record.amount === "number" ? record.amount : record.price;
  const id = idIn(record.id);
  if (typeof price === "number" && amount !== undefined && price !== amount) {
    const detail = "A deal or offer for this vehicle was made meanwhile, but with another amount.";
    return { ...unknown(detail), found: { id, price } };
  }
  const { guid = null } = record;
  const ids = resource === "deals" ? { dealId: id } : { offerId: id };
  return { outcome: "done", answer: JSON.stringify({ ...ids, guid, listingId, foundAfterwards: true }) };
}

const unknown = (detail: string): Undone => ({ outcome: "unknown", code: "upstream_failed", detail });
