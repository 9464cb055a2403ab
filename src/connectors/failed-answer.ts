import type { UpstreamWords } from "./command.ts";
import type { UpstreamAnswer } from "./connector.ts";
import { retryAtOf } from "./retrying.ts";
import { UpstreamError, type UpstreamFault } from "./upstream-error.ts";

/** An upstream's words are cut to this many characters. */
const MAX_WORDS = 300;

/** One of the upstream's own words, cut; null: it is no text. */
export const cutWords = (value: unknown): string | null =>
  typeof value === "string" ? value.slice(0, MAX_WORDS) : null;

/** The failure that an answer without success is, by its status, in the words that its kind finds in it. */
export function failedAnswer(
  answer: UpstreamAnswer,
  { detail, words, now }: { detail: string; words: UpstreamWords; now: number },
): UpstreamError {
  const { status, errorCode, message } = words;
  const retryAt = retryAtOf(answer, now);
  return new UpstreamError(faultOf(status), detail, {
    status,
    ...(errorCode !== null && { upstreamCode: errorCode }),
    ...(message !== null && { upstreamMessage: message }),
    ...(retryAt !== null && { retryAt }),
  });
}

/** By the status alone: an error code may be the same for all of them. */
function faultOf(status: number): UpstreamFault {
  if (status === 401) return "bad_credentials";
  if (status === 429) return "rate_limited";
  if (status >= 500) return "server_error";
  if (status >= 300 && status < 400) return "not_a_service"; // redirects are not followed: another base URL is needed
  return "refused";
}
