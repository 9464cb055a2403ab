import { manheim } from "../../../src/connectors/manheim/manheim.ts";
import { type Clock, realSeams } from "../../../src/seams.ts";
import { startManheimSimulator } from "../../../src/simulators/manheim/simulator.ts";
import { HurriedClock, openTestConnection, pollOnce, TestMemory } from "../../support/connector-run.ts";

interface Given {
  consignments?: number;
  settings?: Record<string, unknown>;
  random?: () => number;
  /** The clocks of time-outs and of slow answers; the real one by default. */
  wire?: { hub: Clock; simulator: Clock };
}

/** A simulated Manheim on a clock that the test moves, and a connector's way into it with a memory of its own. */
export async function givenManheim(options: Given = {}) {
  const clock = new HurriedClock();
  const random = options.random ?? chance(1);
  const wire = options.wire ?? { hub: realSeams().clock, simulator: realSeams().clock };
  const simulator = startManheimSimulator({ clock: { ...wire.simulator, now: clock.now }, random });
  for (let n = 0; n < (options.consignments ?? 0); n++) simulator.world.create();
  const given = { baseUrl: simulator.url, ...simulator.credentials, ...options.settings };
  const memory = new TestMemory(options.settings?.initialScan as "emit" | undefined);
  const open = () =>
    openTestConnection(manheim, given, { clock, random, seams: { clock: wire.hub } }).connection;
  let connection = open();

  return {
    simulator,
    world: simulator.world,
    clock,
    memory,
    get connection() {
      return connection;
    },

    /** Polls once; `crash` as pollOnce has it. */
    poll: (crash?: Parameters<typeof pollOnce>[2]) => pollOnce(connection, memory, crash),

    /** The memory at the beginning of a run, for who takes its steps one by one. */
    beginRun() {
      memory.begin();
      return memory;
    },

    /** As after a start of the hub: the token is gone, what was remembered is not. */
    restart() {
      connection = open();
    },

    /** What became of an event message that was posted to the hub. */
    push(message: object | string, headers: Record<string, string> = {}) {
      const body = typeof message === "string" ? message : JSON.stringify(message);
      const request = { headers: new Headers(headers), body: new TextEncoder().encode(body) };
      const received = connection.receive?.(request, memory);
      if (received === undefined) throw new Error("the connector takes no messages");
      return { received, drafts: received.ok ? memory.receive(received.step) : [] };
    },

    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
}

/** Chance that is the same each time (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Event types and the ids they tell of, in order: `created 1a2b…`. */
export const told = (drafts: { eventType: string; payload: string }[]) =>
  drafts.map(({ eventType, payload }) => [eventType.replace("manheim.consignments.", ""), idOf(payload)]);

/** The consignment that an event tells of. */
export const idOf = (payload: string): string => JSON.parse(payload).body.href.split("/").at(-1);

/** A simulated Manheim with a connector. */
export type GivenManheim = Awaited<ReturnType<typeof givenManheim>>;
