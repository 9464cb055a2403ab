import type { UpstreamAnswer } from "../connector.ts";
import { UpstreamError } from "../upstream-error.ts";

/** A call's answer, or the failure that stood in its way. */
export async function sendOnce(send: () => Promise<UpstreamAnswer>): Promise<UpstreamAnswer | UpstreamError> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof UpstreamError) return error;
    throw error;
  }
}
