import type { Network } from "../networks.ts";
import type { Seams } from "../seams.ts";
import {
  checkTargetUrl,
  type ResolvedTarget,
  resolveTarget,
  type TargetVerdict,
  targetRefusals,
} from "./target-guard.ts";

/** What the check of a URL says when a subscription is saved; every attempt checks again. */
export type TargetCheck = { ok: true; warning?: string } | { ok: false; detail: string };

/** A name that does not resolve within this is saved with a warning, in ms. */
const RESOLVE_PATIENCE_MS = 3000;

/** Opens the check of webhook URLs: a public https name that does not resolve now may do so later. */
export function openTargetCheck(parts: {
  seams: Pick<Seams, "resolve" | "clock">;
  allowTargets: readonly Network[];
}): (url: string) => Promise<TargetCheck> {
  const { seams, allowTargets } = parts;
  return async (url) => {
    const verdict = checkTargetUrl(url, allowTargets);
    if (!verdict.ok) return refused(verdict.reason);
    const target = await resolveInTime(verdict);
    if (target.ok) return { ok: true };
    if (target.reason !== "dns") return refused(target.reason);
    if (verdict.isLocal) return refused("local_name");
    if (verdict.url.protocol === "http:") return refused("plain_http");
    return { ok: true, warning: `The name ${verdict.hostname} does not resolve now.` };
  };

  async function resolveInTime(verdict: TargetVerdict): Promise<ResolvedTarget> {
    const answered = new AbortController();
    const tooLate = seams.clock
      .sleep(RESOLVE_PATIENCE_MS, answered.signal)
      .then((): ResolvedTarget => ({ ok: false, reason: "dns" }));
    const target = await Promise.race([resolveTarget(verdict, seams.resolve, allowTargets), tooLate]);
    answered.abort();
    return target;
  }
}

const refused = (reason: keyof typeof targetRefusals) =>
  ({ ok: false, detail: targetRefusals[reason] }) as const;
