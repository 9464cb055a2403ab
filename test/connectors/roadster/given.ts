import { roadster } from "../../../src/connectors/roadster/roadster.ts";
import { realSeams } from "../../../src/seams.ts";
import type { FailureOptions } from "../../../src/simulators/planned-failures.ts";
import type { FailureName } from "../../../src/simulators/roadster/failures.ts";
import type { Asked } from "../../../src/simulators/roadster/operations.ts";
import { startRoadster } from "../../../src/simulators/roadster/roadster.ts";
import { openTestConnection, pollOnce, TestMemory } from "../../support/connector-run.ts";
import { TestClock } from "../../support/test-clock.ts";
import { seeded } from "../dealerauction/given.ts";

/** An upstream with a connection to it, and what the hub would keep of it. */
export function givenUpstream(
  options: { settings?: Record<string, unknown>; dpids?: string[]; initialScan?: "emit" | "silent" } = {},
) {
  const { dpids = ["lakeside"], initialScan = "emit" } = options;
  const clock = new TestClock();
  const simulator = startRoadster({ seams: { ...realSeams(), clock, random: seeded() }, dpids });
  const given = { baseUrl: simulator.url, apiKey: simulator.apiKey, dpids, initialScan };
  // Time-outs are measured by the clock that is driven, backoff by one whose waits are over at once.
  const opened = openTestConnection(roadster, { ...given, ...options.settings }, { seams: { clock } });
  simulator.letsWait = (ms) => queueMicrotask(() => clock.advance(ms));
  const memory = new TestMemory(initialScan);
  return {
    simulator,
    world: simulator.world,
    clock,
    waits: opened.clock,
    settings: opened.settings,
    connection: opened.connection,
    memory,
    /** Polls once: what happened to which cars, in order. */
    async poll() {
      const run = await pollOnce(opened.connection, memory);
      passBoth(1000);
      const told = run.drafts.map(({ payload }) => JSON.parse(payload));
      const news = told.map(({ type, vin }) => `${type.replace("roadster.vehicle.", "")} ${vin}`);
      return { ...run, told, news };
    },
    pass: passBoth,
    fail: (name: FailureName, when?: FailureOptions<Asked>) => simulator.fail(name, when),
    /** The searches since the last time, as they were asked. */
    searches(): Record<string, string>[] {
      return simulator.requests
        .splice(0)
        .filter(isSearch)
        .map(({ query }) => Object.fromEntries(query));
    },
    async [Symbol.asyncDispose]() {
      await simulator.stop();
    },
  };

  function passBoth(ms: number): void {
    clock.advance(ms);
    opened.clock.advance(ms);
  }
}

/** Whether a request searches an inventory. */
export const isSearch = ({ path }: Asked): boolean => path === "/inventory";
