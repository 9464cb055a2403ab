import { upstreamRefusal, type Verdict } from "../command.ts";
import type { UpstreamAnswer } from "../connector.ts";
import { UpstreamError } from "../upstream-error.ts";
import { wordsIn } from "./client.ts";

/** A call's answer, or the failure that stood in its way. */
export async function sendOnce(send: () => Promise<UpstreamAnswer>): Promise<UpstreamAnswer | UpstreamError> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof UpstreamError) return error;
    throw error;
  }
}

/** Whether a failure kept the request from going out at all. */
export const unsent = ({ fault }: UpstreamError): boolean => fault === "blocked" || fault === "foreign_link";

/** Statuses after which it may have been done all the same. */
export const isLost = (status: number): boolean => status >= 500 || status === 408;

/** The upstream says no, and has done nothing. */
export function refusedBy(answer: UpstreamAnswer): Verdict {
  const upstream = wordsIn(answer);
  const { status, message, errorCode } = upstream;
  const words = message ?? errorCode;
  const detail = `The upstream answered ${status}${words === null ? "" : `: ${words}`}.`;
  const code = upstreamRefusal(status);
  if (code === null) return { outcome: "not-done", code: "upstream_failed", detail, upstream };
  return { outcome: "refused", code, detail, upstream };
}
