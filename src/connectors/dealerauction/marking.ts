import {
  isLost,
  isUnsent,
  refusedBy,
  type Undone,
  type UpstreamCommand,
  type UpstreamWords,
  type Verdict,
} from "../command.ts";
import type { UpstreamAnswer } from "../connector.ts";
import { UpstreamError } from "../upstream-error.ts";
import { type Client, headersFor, listingIn, type Parts, wordsIn } from "./client.ts";
import { type Mark, type MarkRequest, stateOf } from "./marks.ts";
import type { Listing } from "./readings.ts";

/** For the request that changes something, and for each that reads; ms. */
const EXCHANGE_WITHIN_MS = 20_000;

/** Nothing is sent later than this after the beginning: there must be time left to learn what became of it, ms. */
const SEND_WITHIN_MS = 40_000;

/** Waits before the looks after a lost answer: what is still under way at the upstream may show a little later. */
const LOOK_AFTER_MS = [0, 1000, 3000, 6000];

/** A command that marks a listing: reads first, sends once, and after a lost answer only reads. */
export function openMarking(mark: Mark, parts: Parts, client: Client): UpstreamCommand<MarkRequest> {
  const { upstream, clock, settings } = parts;
  const read = (listingId: string, signal: AbortSignal) =>
    client.theListing(listingId, { signal, timeoutMs: EXCHANGE_WITHIN_MS, isUrgent: true });

  return {
    async perform(request, { sending, signal }) {
      const beganAt = clock.now();
      const listing = mark.requires === null ? null : await read(request.listingId, signal);
      if (listing !== null && mark.requires?.isMet(listing) === false) return wrongState(mark, listing);
      if (clock.now() - beganAt > SEND_WITHIN_MS) return tooSlow();
      const before = listing?.status ?? null;
      await sending(JSON.stringify({ status: before }));
      return send(request, before, signal);
    },
    async lookUp(request, before, signal) {
      const { status } = JSON.parse(before) as { status: string | null };
      return mark.judge(await read(request.listingId, signal), request, status);
    },
  };

  async function send(request: MarkRequest, before: string | null, signal: AbortSignal): Promise<Verdict> {
    const answer = await post(request, signal);
    if (answer instanceof UpstreamError) {
      if (isUnsent(answer)) return { outcome: "not-done", code: "upstream_failed", detail: answer.message };
      return look(request, { before, signal, said: null });
    }
    const { status } = answer;
    if (isLost(status)) return look(request, { before, signal, said: wordsIn(answer) });
    if (status >= 300) return refusedBy(wordsIn(answer));
    const verdict = judgeAnswer(answer, request, before);
    return verdict?.outcome === "done" ? verdict : look(request, { before, signal, said: wordsIn(answer) });
  }

  async function post(request: MarkRequest, signal: AbortSignal): Promise<UpstreamAnswer | UpstreamError> {
    const body = mark.body(request);
    const headers = headersFor(settings);
    if (body !== null) headers["content-type"] = "application/json";
    const url = mark.path.replaceAll("{listingId}", encodeURIComponent(request.listingId));
    const call = { method: "POST", url, headers, signal, timeoutMs: EXCHANGE_WITHIN_MS } as const;
    try {
      return await upstream.exchange(body === null ? call : { ...call, body });
    } catch (error) {
      if (error instanceof UpstreamError) return error;
      throw error;
    }
  }

  /** What a success says; null: it cannot be read. */
  function judgeAnswer(answer: UpstreamAnswer, request: MarkRequest, before: string | null): Verdict | null {
    try {
      return mark.judge(listingIn(answer, "POST", parts), request, before);
    } catch {
      return null; // whatever it says: the listing itself is asked
    }
  }

  /** After a lost answer: until the listing tells, or does not change any more. */
  async function look(
    request: MarkRequest,
    { before, signal, said }: { before: string | null; signal: AbortSignal; said: UpstreamWords | null },
  ): Promise<Verdict> {
    let verdict: Verdict = unknown("The answer was lost.");
    for (const waitMs of LOOK_AFTER_MS) {
      if (waitMs > 0) await clock.sleep(waitMs, signal);
      signal.throwIfAborted();
      try {
        verdict = mark.judge(await read(request.listingId, signal), request, before);
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        verdict = unknown(`The answer was lost, and then the listing could not be read: ${error.message}.`);
      }
      if (verdict.outcome !== "not-done") break;
    }
    if (verdict.outcome === "done") return verdict;
    const isContradicted = verdict.outcome === "not-done" && said !== null && said.status < 300;
    return { ...verdict, ...(said && { upstream: said }), ...(isContradicted && { outcome: "unknown" }) };
  }
}

const wrongState = ({ requires }: Mark, listing: Listing): Verdict => ({
  outcome: "refused",
  code: "listing_state",
  detail: `${requires?.sentence ?? "Not in this state"}; this one is ${listing.status} with ${bidsOf(listing)}.`,
  found: stateOf(listing),
});

const bidsOf = ({ bids }: Listing) => (bids.length === 1 ? "1 bid" : `${bids.length} bids`);

const tooSlow = (): Verdict => ({
  outcome: "not-done",
  code: "upstream_failed",
  detail: "Reading the listing took so long that nothing was sent.",
});

const unknown = (detail: string): Undone => ({ outcome: "unknown", code: "upstream_failed", detail });
