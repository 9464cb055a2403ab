import { isLost, isUnsent, refusedBy, type Undone, type UpstreamCommand, type Verdict } from "../command.ts";
import type { UpstreamAnswer } from "../connector.ts";
import { UpstreamError, type UpstreamFault } from "../upstream-error.ts";
import {
  type Ask,
  type Client,
  DOCUMENT_PATIENCE_MS,
  isRefusal,
  PATIENCE_MS,
  type Parts,
  readJson,
  wordsIn,
} from "./client.ts";
import { maskSensitive } from "./masking.ts";
import type { Trace, WriteRequest, Writing } from "./writings.ts";

/** Waits before a request that may be repeated is sent again, ms. */
const RESEND_AFTER_MS = [1000, 3000];

/** Waits before the looks after a lost answer: what is still under way at the upstream may show a little later, ms. */
const LOOK_AFTER_MS = [0, 1000, 3000];

/** What one sending came to; `lost`: it may have been done. */
type Sent = Verdict | { outcome: "lost"; why: string };

/** What is kept of the state before a request: the ids that its trace shows; null: they could not be read. */
interface Before {
  ids: string[] | null;
}

/**
 * A command that sends one request, with the document that is not kept with it. After a lost answer it sends again only
 * what changes nothing when it is repeated, and else looks for what it may have left behind.
 */
export function openWriting(
  writing: Writing,
  parts: Parts,
  client: Client,
  document?: string,
): UpstreamCommand<WriteRequest> {
  const { clock, settings } = parts;
  const { operation, isRepeatable, documentAs, trace } = writing;

  return {
    async perform(request, { sending, signal }) {
      const before: Before = { ids: trace === undefined ? null : await idsBefore(trace, request, signal) };
      await sending(JSON.stringify(before));
      const sent = await sendUntilAnswered(request, signal);
      return sent.outcome === "lost" ? lookAgain(request, before, { signal, why: sent.why }) : sent;
    },
    lookUp: (request, before, signal) => look(request, JSON.parse(before), signal),
  };

  /** Where that list is elsewhere than expected, the command goes out all the same. */
  async function idsBefore(trace: Trace, request: WriteRequest, signal: AbortSignal) {
    try {
      return await idsNow(trace, request, signal);
    } catch (error) {
      if (error instanceof UpstreamError && OF_THE_LIST.includes(error.fault)) return null;
      throw error;
    }
  }

  async function idsNow(trace: Trace, request: WriteRequest, signal: AbortSignal) {
    const asking = { signal, timeoutMs: PATIENCE_MS, isUrgent: true };
    const { value } = await client.once(trace.ask(request), asking);
    return trace.idsIn(value, request);
  }

  async function sendUntilAnswered(request: WriteRequest, signal: AbortSignal): Promise<Sent> {
    let sent = await send(request, signal);
    for (const waitMs of isRepeatable ? RESEND_AFTER_MS : []) {
      if (sent.outcome !== "lost") break;
      await clock.sleep(waitMs, signal);
      signal.throwIfAborted();
      sent = await send(request, signal);
    }
    return sent;
  }

  async function send({ names, payload }: WriteRequest, signal: AbortSignal): Promise<Sent> {
    const whole = documentAs === undefined ? payload : { ...payload, [documentAs]: document };
    const ask: Ask = { operation, names, payload: whole };
    const timeoutMs = documentAs === undefined ? PATIENCE_MS : DOCUMENT_PATIENCE_MS;
    try {
      return judge(await client.send(ask, { signal, timeoutMs, isUrgent: true }));
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      return isUnsent(error) ? notDone(error.message) : { outcome: "lost", why: error.message };
    }
  }

  function judge(answer: UpstreamAnswer): Sent {
    const { status } = answer;
    if (isLost(status)) return { outcome: "lost", why: `the upstream answered ${status}` };
    if (status >= 300) return refusedBy(wordsIn(answer));
    if (status === 204) return done("{}");
    const read = readJson(answer);
    if (read === null) return { outcome: "lost", why: "the upstream's answer cannot be understood" };
    return isRefusal(read.value) ? refusedBy({ ...wordsIn(answer), status: 400 }) : done(read.text);
  }

  function done(answer: string): Verdict {
    return { outcome: "done", answer: settings.keepSensitive ? answer : maskSensitive(answer) };
  }

  async function lookAgain(
    request: WriteRequest,
    before: Before,
    { signal, why }: { signal: AbortSignal; why: string },
  ): Promise<Verdict> {
    let verdict: Verdict = unknown(why);
    for (const waitMs of trace === undefined || before.ids === null ? [] : LOOK_AFTER_MS) {
      if (waitMs > 0) await clock.sleep(waitMs, signal);
      signal.throwIfAborted();
      verdict = await look(request, before, signal).catch((error: unknown) => {
        if (error instanceof UpstreamError) return unknown(`${why}, and then: ${error.message}`);
        throw error;
      });
      if (verdict.outcome === "done") break;
    }
    return verdict;
  }

  async function look(request: WriteRequest, { ids }: Before, signal: AbortSignal): Promise<Verdict> {
    if (trace === undefined || ids === null) return unknown("Roadster has no way to look it up");
    const now = await idsNow(trace, request, signal);
    if (now === null) return unknown("the list in which it would show cannot be understood");
    const answer = trace.answerBy(ids, now);
    return answer === null ? notDone("It does not show at Roadster.") : done(JSON.stringify(answer));
  }
}

/** Faults that may be those of the list alone, whose path is a guess. */
const OF_THE_LIST: readonly UpstreamFault[] = ["refused", "malformed", "server_error", "not_a_service"];

const notDone = (detail: string): Undone => ({ outcome: "not-done", code: "upstream_failed", detail });

const unknown = (why: string): Undone => ({
  outcome: "unknown",
  code: "upstream_failed",
  detail: `The request was sent, and what became of it is not known: ${why}.`,
});
