import type {
  CommonSettings,
  Connection,
  Connector,
  ConnectorDraft,
  Memory,
  Step,
} from "../../src/connectors/connector.ts";
import { openUpstreams } from "../../src/intake/upstream.ts";
import { parseNetworks } from "../../src/networks.ts";
import { realSeams, type Seams } from "../../src/seams.ts";

/** A clock for connections whose waits are over at once: the time moves on by what was waited. */
export class HurriedClock {
  #now: number;
  /** Every wait so far, ms. */
  readonly waits: number[] = [];

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now = (): number => this.#now;

  sleep = async (ms: number): Promise<void> => {
    this.waits.push(ms);
    this.#now += ms;
  };

  /** Lets time pass. */
  advance(ms: number): void {
    this.#now += ms;
  }
}

/** A connection of a kind to an upstream on loopback, through the real guarded client. */
export function openTestConnection<S extends CommonSettings, C extends Connection>(
  kind: Connector<S, C>,
  given: Record<string, unknown>,
  options: {
    environment?: "sandbox" | "production";
    clock?: HurriedClock;
    random?: () => number;
    seams?: Partial<Seams>;
  } = {},
): { connection: C; settings: S; clock: HurriedClock } {
  const { environment = "sandbox", clock = new HurriedClock(), random = Math.random } = options;
  const settings = kind.settings.parse(given);
  const seams = { ...realSeams(), ...options.seams }; // its time-outs are real ones
  const { randomBytes } = seams;
  const upstreams = openUpstreams({ seams, allowTargets: parseNetworks("127.0.0.0/8,::1") });
  const upstream = upstreams.open(kind.baseUrl(settings, environment), 1);
  return {
    connection: kind.open({ settings, environment, upstream, clock, random, randomBytes }),
    settings,
    clock,
  };
}

/** What intake keeps of a connector, in memory: states, cursor, and each admitted draft once. */
export class TestMemory implements Memory {
  readonly states = new Map<string, string>();
  cursor: string | null = null;
  isFirst = true;
  /** Every draft that became an event, in order. */
  readonly admitted: ConnectorDraft[] = [];
  readonly #keys = new Set<string>();
  #named = new Set<string>();

  /** With `silent`, what is found before a run was complete becomes no event. */
  constructor(readonly initialScan: CommonSettings["initialScan"] = "emit") {}

  recall(entity: string): string | null {
    return this.states.get(entity) ?? null;
  }

  *unseen(): Iterable<string> {
    for (const entity of [...this.states.keys()]) if (!this.#named.has(entity)) yield entity;
  }

  begin(): void {
    this.#named = new Set();
  }

  /** Keeps a step of a run, as one transaction does; returns the drafts that were not admitted before. */
  keep(step: Step): ConnectorDraft[] {
    for (const entity of step.seen ?? []) this.#named.add(entity);
    const isSilent = this.isFirst && this.initialScan === "silent";
    return this.#apply(step, isSilent ? [] : step.drafts);
  }

  /** Keeps what a webhook brought; it is news even before the first complete run. */
  receive(step: Step): ConnectorDraft[] {
    return this.#apply(step, step.drafts);
  }

  #apply(step: Step, drafts: ConnectorDraft[]): ConnectorDraft[] {
    const fresh = drafts.filter(({ key }) => !this.#keys.has(key));
    for (const draft of fresh) {
      JSON.parse(draft.payload);
      this.#keys.add(draft.key);
      this.admitted.push(draft);
    }
    for (const [entity, state] of step.remember ?? []) {
      this.states.set(entity, state);
      this.#named.add(entity);
    }
    for (const entity of step.forget ?? []) this.states.delete(entity);
    if (step.cursor !== undefined) this.cursor = step.cursor;
    return fresh;
  }
}

/** What one run came to. */
export interface TestRun {
  /** What became an event. */
  drafts: ConnectorDraft[];
  steps: Step[];
  pages: number;
  items: number;
  isComplete: boolean;
  /** Why it is not. */
  error: unknown;
}

/** Stands for a crash of the hub. */
export class Crash extends Error {}

/**
 * Polls once, keeping each step in `memory` before the next is asked for, as intake does. `crash` is asked before
 * (`kept` false) and after (`kept` true) each step is kept: true ends the run there, as a kill would.
 */
export async function pollOnce(
  connection: Connection,
  memory: TestMemory,
  options: { signal?: AbortSignal; crash?: (at: { step: number; kept: boolean }) => boolean } = {},
): Promise<TestRun> {
  const { signal = new AbortController().signal, crash = () => false } = options;
  const run: TestRun = { drafts: [], steps: [], pages: 0, items: 0, isComplete: false, error: null };
  memory.begin();
  try {
    for await (const step of connection.poll(memory, signal)) {
      if (crash({ step: run.steps.length, kept: false })) throw new Crash();
      run.drafts.push(...memory.keep(step));
      run.steps.push(step);
      run.pages += step.pages ?? 0;
      run.items += step.items ?? 0;
      if (crash({ step: run.steps.length - 1, kept: true })) throw new Crash();
    }
    memory.isFirst = false;
    run.isComplete = true;
  } catch (error) {
    run.error = error;
  }
  return run;
}
