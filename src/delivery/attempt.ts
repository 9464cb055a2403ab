import { STATUS_CODES } from "node:http";
import type { Network } from "../networks.ts";
import type { Seams } from "../seams.ts";
import { describeFetchError } from "./fetch-error.ts";
import { type Outcome, outcomeWord } from "./outcome.ts";
import type { Parcel } from "./parcel.ts";
import { keptHeaders, toldHeaders } from "./request-headers.ts";
import { receiversWait } from "./retry-delays.ts";
import { checkTargetUrl, resolveTarget, type TargetVerdict, targetRefusals } from "./target-guard.ts";

/** Of an answer's body at most this much is read. */
export const MAX_ANSWER_BYTES = 64 * 1024;

/** Of an answer's body this much is kept. */
export const KEPT_ANSWER_BYTES = 4 * 1024;

/** Of an answer's headers this much is kept, as JSON text. */
const KEPT_HEADERS_LENGTH = 8 * 1024;

/** What is kept of one attempt, ready to be stored. */
export interface AttemptRecord {
  /** From 1. */
  attempt: number;
  /** Start, ms UTC. */
  at: number;
  durationMs: number;
  resolveMs: number | null;
  firstByteMs: number | null;
  outcome: string;
  webhookUrl: string;
  /** JSON, of the headers sent those that nothing else tells; no secret in it. */
  requestHeaders: string;
  responseStatus: number | null;
  /** JSON. */
  responseHeaders: string | null;
  responseBody: string | null;
}

/** Where an attempt goes and what signs it. */
export interface Destination {
  webhookUrl: string;
  /** Newest first. */
  secrets: readonly string[];
  /** Marks it as a test, which no event and no delivery stands behind. */
  isTest?: boolean;
}

/** Makes one attempt: never throws, whatever the receiver does. */
export type MakeAttempt = (
  parcel: Parcel,
  destination: Destination,
  attempt: number,
) => Promise<{ outcome: Outcome; record: AttemptRecord; headers: Record<string, string> }>;

/** What went over the wire, filled in as the exchange goes on. */
interface Trace {
  resolveMs: number | null;
  firstByteMs: number | null;
  responseStatus: number | null;
  responseHeaders: string | null;
  responseBody: string | null;
}

/** Prepares attempts that are checked, signed, bounded in time and size, and sent to the checked address only. */
export function openAttempts(parts: {
  seams: Pick<Seams, "clock" | "resolve" | "fetch">;
  allowTargets: readonly Network[];
  timeoutMs: number;
  userAgent: string;
}): MakeAttempt {
  const { seams, allowTargets, timeoutMs, userAgent } = parts;
  const { clock } = seams;
  const verdictOf = rememberVerdicts(allowTargets);

  return async (parcel, destination, attempt) => {
    const at = clock.now();
    const startedAt = clock.monotonic();
    const elapsed = () => round(clock.monotonic() - startedAt);
    const kept = keptHeaders(parcel, destination.secrets, { at, userAgent });
    const headers = { ...toldHeaders(parcel, { attempt, at }), ...kept };
    if (destination.isTest) headers["X-Webhook-Test"] = "true";
    const trace: Trace = {
      resolveMs: null,
      firstByteMs: null,
      responseStatus: null,
      responseHeaders: null,
      responseBody: null,
    };
    const deadline = new AbortController();
    const outcome = await new Promise<Outcome>((resolve) => {
      // Also for what an abort does not end: a name look-up, for one, cannot be called off.
      const cancelTimer = clock.setTimer(timeoutMs, () => {
        resolve(timedOut(timeoutMs));
        deadline.abort();
      });
      const end = (outcome: Outcome) => {
        cancelTimer();
        resolve(outcome);
      };
      exchange().then(end, (error) => end(unreachable(error)));
    });
    return { outcome, record: recordOf(outcome), headers };

    async function exchange(): Promise<Outcome> {
      const verdict = verdictOf(destination.webhookUrl);
      if (!verdict.ok) return blocked(verdict.reason);
      const target = await resolveTarget(verdict, seams.resolve, allowTargets);
      if (verdict.literal === null) trace.resolveMs = elapsed();
      if (!target.ok) return target.reason === "dns" ? unresolved() : blocked(target.reason);
      const response = await seams.fetch(
        { url: verdict.url, address: target.address },
        { method: "POST", headers, body: parcel.payload, signal: deadline.signal },
      );
      trace.firstByteMs = elapsed();
      trace.responseStatus = response.status;
      trace.responseHeaders = keptAnswerHeaders(response.headers);
      trace.responseBody = await readAnswer(response);
      return judge(response, clock.now());
    }

    function recordOf(outcome: Outcome): AttemptRecord {
      return {
        attempt,
        at,
        durationMs: elapsed(),
        ...trace,
        outcome: outcomeWord(outcome),
        webhookUrl: destination.webhookUrl,
        requestHeaders: JSON.stringify(kept),
      };
    }
  };
}

/** Only 2xx is success; redirects are not followed, so 3xx is a failure too. */
function judge(response: Response, now: number): Outcome {
  const { status } = response;
  if (status >= 200 && status < 300) return { kind: "accepted", status };
  return {
    kind: "rejected",
    status,
    statusText: STATUS_CODES[status] ?? "",
    retryAfterMs: receiversWait(status, response.headers.get("retry-after"), now),
  };
}

/** Reads an answer up to its limit and gives what is kept of it; past the limit the connection is dropped. */
async function readAnswer(response: Response): Promise<string | null> {
  if (response.body === null) return null;
  const announced = Number(response.headers.get("content-length") ?? Number.NaN);
  if (announced <= MAX_ANSWER_BYTES) return keptText(await response.bytes());
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  while (length < MAX_ANSWER_BYTES) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.byteLength;
  }
  if (length >= MAX_ANSWER_BYTES) reader.cancel().catch(() => {}); // the rest is not wanted, nor is its end
  return keptText(Buffer.concat(chunks));
}

const lenientText = new TextDecoder("utf-8");

function keptText(bytes: Uint8Array): string {
  return lenientText.decode(bytes.subarray(0, KEPT_ANSWER_BYTES)).replaceAll("\u0000", "\ufffd");
}

function keptAnswerHeaders(headers: Headers): string {
  const kept: Record<string, string> = {};
  let left = KEPT_HEADERS_LENGTH;
  for (const [name, value] of headers) {
    left -= name.length + value.length + 6;
    if (left < 0) break;
    kept[name] = value;
  }
  return JSON.stringify(kept);
}

/** URLs are checked again at each attempt; for the URL alone the answer is always the same. */
function rememberVerdicts(allowTargets: readonly Network[]): (url: string) => TargetVerdict {
  const verdicts = new Map<string, TargetVerdict>();
  return (url) => {
    const known = verdicts.get(url);
    if (known !== undefined) return known;
    if (verdicts.size >= MAX_VERDICTS) verdicts.clear();
    const verdict = checkTargetUrl(url, allowTargets);
    verdicts.set(url, verdict);
    return verdict;
  };
}

const MAX_VERDICTS = 10_000;

const timedOut = (timeoutMs: number): Outcome => ({
  kind: "unreachable",
  reason: "timeout",
  detail: `timeout after ${timeoutMs / 1000} s`,
});

const unresolved = (): Outcome => ({ kind: "unreachable", reason: "dns", detail: "DNS lookup failed" });

const blocked = (reason: keyof typeof targetRefusals): Outcome => ({
  kind: "unreachable",
  reason: "blocked",
  detail: `blocked: ${targetRefusals[reason]}`,
});

function unreachable(error: unknown): Outcome {
  const { reason, detail } = describeFetchError(error);
  return { kind: "unreachable", reason, detail };
}

/** Tenths of a millisecond are as much as is true. */
const round = (ms: number) => Math.round(ms * 10) / 10;
