import type { UpstreamAnswer } from "../connector.ts";
import { looksLikeJsonObject } from "../exact-json.ts";
import { isTemporaryStatus, retryAtOf } from "../retrying.ts";
import { UpstreamError } from "../upstream-error.ts";

/** One day, in ms. */
const DAY_MS = 86_400_000;

/** What the gateway before the API calls a refusal; null where it says nothing (UPSTREAMS 2, Mashery errors). */
type Refusal = "over_qps" | "over_rate" | "inactive" | "not_authorized" | "service_not_found" | null;

/** True where another token may help: an inactive key is told with 401 in the documentation, with 403 on the wire. */
export const isTokenRefused = (answer: UpstreamAnswer): boolean =>
  answer.status === 401 || refusalOf(answer) === "inactive";

/** True for what the same request may get over in a moment. */
export const isTemporary = (answer: UpstreamAnswer): boolean =>
  isTemporaryStatus(answer.status) ||
  refusalOf(answer) === "over_qps" ||
  (answer.status === 200 && !looksLikeJsonObject(answer.body)); // a proxy's page, or JSON that was cut off

/** What is wrong with an answer; null for a success, and for 404, which means something else each time. */
export function faultOf(answer: UpstreamAnswer, now: number): UpstreamError | null {
  const { status } = answer;
  const refusal = refusalOf(answer);
  if (refusal === null && (status === 404 || (status >= 200 && status < 300))) return null;
  const code = answer.headers.get("x-mashery-error-code")?.slice(0, 100);
  const more = { status, ...(code && { upstreamCode: code }) };
  const wait = (at: number | null) => (at === null ? {} : { retryAt: at });
  if (isTokenRefused(answer)) {
    return new UpstreamError("bad_credentials", "the token is refused, and so is a new one", more);
  }
  if (refusal === "over_qps" || status === 429) {
    const detail = "too many requests per second";
    return new UpstreamError("rate_limited", detail, { ...more, ...wait(retryAtOf(answer, now)) });
  }
  if (refusal === "over_rate") {
    const detail = "it begins anew at the reset";
    return new UpstreamError("quota_used_up", detail, { ...more, retryAt: quotaResetAt(answer, now) });
  }
  if (refusal === "service_not_found") {
    return new UpstreamError("not_a_service", "the gateway knows no such path", more);
  }
  if (status >= 500) {
    return new UpstreamError("server_error", `HTTP ${status}`, { ...more, ...wait(retryAtOf(answer, now)) });
  }
  return new UpstreamError("refused", `HTTP ${status}`, more);
}

/** By its code, or by the text of its body where a proxy has dropped the header. */
function refusalOf({ status, headers, body }: UpstreamAnswer): Refusal {
  if (status === 596) return "service_not_found";
  if (status < 400) return null;
  const code = headers.get("x-mashery-error-code");
  const said = code ?? (body.length < 200 ? new TextDecoder().decode(body) : "");
  if (/DEVELOPER_OVER_QPS|developer over qps/i.test(said)) return "over_qps";
  if (/DEVELOPER_OVER_RATE|developer over rate/i.test(said)) return "over_rate";
  if (/DEVELOPER_INACTIVE|developer inactive/i.test(said)) return "inactive";
  if (/NOT_AUTHORIZED/.test(said)) return "not_authorized";
  if (/SERVICE_NOT_FOUND|service not found/i.test(said)) return "service_not_found";
  return null;
}

/**
 * When the quota begins anew, ms UTC of our clock: at the reset that the gateway names, else at its next 00:00 GMT.
 * Its clock and ours may be minutes apart, on either side of midnight: the shorter wait costs one request at most,
 * the longer one would cost a day.
 */
export function quotaResetAt({ headers, date }: UpstreamAnswer, now: number): number {
  const named =
    readReset(headers.get("x-plan-quota-reset")) ?? readReset(headers.get("x-packagekey-quota-reset"));
  const untilMidnight = (at: number) => DAY_MS - (at % DAY_MS);
  const waits = [now, date ?? now].map((at) =>
    named !== null && named > at ? named - at : untilMidnight(at),
  );
  return now + Math.min(...waits);
}

/** Reads `Thursday, May 18, 2017 12:00:00 AM GMT`, which is no HTTP date; null: it cannot be read. */
function readReset(text: string | null): number | null {
  if (text === null || !/\bGMT$/.test(text.trim())) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}
