import type { Memory, Step } from "../connector.ts";
import { UpstreamError } from "../upstream-error.ts";
import { pagesOf } from "./pages.ts";
import { removals } from "./removals.ts";
import { type Run, stepOf } from "./steps.ts";
import { openUnits } from "./units.ts";

/** A list that breaks off in the middle is begun anew this often in a run. */
const MAX_RESTARTS = 3;

/**
 * Reads every page of one's consignments, a step for each, then looks after those that no page had. There is no
 * filter and no order by change, so that each run reads all (seed 003; UPSTREAMS 2, paging). @throws UpstreamError
 */
export async function* scan(
  parts: Omit<Run, "memory" | "signal" | "units" | "startedAt">,
  memory: Memory,
  signal: AbortSignal,
): AsyncIterable<Step> {
  const startedAt = parts.clock.now();
  const run = { ...parts, memory, signal, startedAt, units: openUnits(parts, memory) };
  for (let restarts = 0; !(yield* onePass(run)); restarts++) {
    if (restarts >= MAX_RESTARTS) {
      throw new UpstreamError("malformed", "the list of consignments breaks off again and again");
    }
  }
  yield* removals(run);
}

/** True when it came to the end of the list. */
async function* onePass(run: Run): AsyncGenerator<Step, boolean> {
  const { settings, signal } = run;
  const pages = pagesOf(run, "/consignments/mine", { limit: settings.pageSize, signal });
  for (;;) {
    const page = await pages.next();
    if (page.done) return page.value;
    yield await stepOf(run, page.value);
  }
}
