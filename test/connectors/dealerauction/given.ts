import { dealerAuction } from "../../../src/connectors/dealerauction/dealerauction.ts";
import { type SeenRequest, startDealerAuction } from "../../../src/simulators/dealerauction/dealerauction.ts";
import type { FailureName } from "../../../src/simulators/dealerauction/failures.ts";
import type { FailureOptions } from "../../../src/simulators/planned-failures.ts";
import { openTestConnection, pollOnce, TestMemory } from "../../support/connector-run.ts";
import { TestClock } from "../../support/test-clock.ts";

/** An upstream with a connection to it, and what the hub would keep of it. */
export function givenUpstream(
  options: {
    settings?: Record<string, unknown>;
    customerIds?: string[];
    initialScan?: "emit" | "silent";
  } = {},
) {
  const { customerIds = ["10001"], initialScan = "emit" } = options;
  const clock = new TestClock();
  const simulator = startDealerAuction({ seams: { clock, random: seeded() }, customerIds });
  const { url: baseUrl, username, password } = simulator;
  const settings = { baseUrl, username, password, customerIds, initialScan, ...options.settings };
  // Time-outs are measured by the clock that is driven, backoff by one whose waits are over at once.
  const { connection, clock: waits } = openTestConnection(dealerAuction, settings, { seams: { clock } });
  simulator.letsWait = (ms) => queueMicrotask(() => clock.advance(ms));
  const memory = new TestMemory(initialScan);
  return {
    simulator,
    world: simulator.world,
    clock,
    waits,
    connection,
    memory,
    /** Polls once: the kinds of the events that came of it, in order. */
    async poll() {
      const run = await pollOnce(connection, memory);
      clock.advance(1000);
      waits.advance(1000);
      const told = run.drafts.map(({ eventType, payload }) => ({ eventType, ...JSON.parse(payload) }));
      const kinds = told.map(({ eventType }) => eventType.replace("dealerauction.", ""));
      return { ...run, told, kinds };
    },
    fail: (name: FailureName, when?: FailureOptions<SeenRequest>) => simulator.fail(name, when),
    /** How often each operation was asked for since the last time, such as `GET listings`. */
    requests() {
      const asked: Record<string, number> = {};
      for (const { method, path } of simulator.requests.splice(0)) {
        const [, , resource, id, action] = path.split("/");
        const operation = `${method} ${action ?? (id === undefined ? "search" : resource)}`;
        asked[operation] = (asked[operation] ?? 0) + 1;
      }
      return asked;
    },
    async [Symbol.asyncDispose]() {
      await simulator.stop();
    },
  };
}

/** The same chance each time (mulberry32). */
export function seeded(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
