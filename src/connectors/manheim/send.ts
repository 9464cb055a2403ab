import type { ConnectionParts, UpstreamAnswer, UpstreamCall } from "../connector.ts";
import { getRetrying } from "../retrying.ts";
import { isTemporary } from "./gateway.ts";

/** How long a person waits for one answer, ms. */
const PATIENCE_MS = 20_000;

/** On whose behalf something is read. */
export interface ReadOptions {
  signal: AbortSignal;
  /** A person waits for it: it is sent once, and given up early. */
  isUrgent?: boolean;
}

/** Sends a request that changes nothing, for a run as often as it takes, for a person once. @throws UpstreamError */
export function send(
  parts: Pick<ConnectionParts<unknown>, "upstream" | "clock" | "random">,
  call: Pick<UpstreamCall, "url" | "headers">,
  { signal, isUrgent = false }: ReadOptions,
): Promise<UpstreamAnswer> {
  if (!isUrgent) return getRetrying(parts, { ...call, signal }, isTemporary);
  return parts.upstream.exchange({ ...call, signal, isUrgent, timeoutMs: PATIENCE_MS });
}
