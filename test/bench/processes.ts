import { join } from "node:path";
import type { HostilePorts } from "./hostile.ts";
import { clearAtExit } from "./leftovers.ts";
import type { LoadAnswer, LoadCall } from "./load.ts";
import { PUBLISH_KEY } from "./program.ts";
import type { ReceiverAnswer, ReceiverCall } from "./receiver.ts";

/** Connections of a publisher that sends as fast as it is answered; one with a rate needs no more than its rate. */
const CONNECTIONS = 64;

/** The receiver's process, seen from the bench. */
export interface Receiver extends AsyncDisposable {
  url: string;
  /** Counts from zero again; with `notes`, numbered webhooks only, and when each comes is noted. */
  reset(options?: { notes: boolean }): Promise<void>;
  /** Resolves when that many webhooks have come since the reset; throws when they do not, or are signed wrongly. */
  reached(count: number, withinMs?: number): Promise<{ at: number }>;
  /** When the first webhook of each event came, ms since the epoch, by the event's number. */
  arrivals(): Promise<Map<number, number>>;
}

/** The publisher's process, seen from the bench. */
export interface Publisher extends AsyncDisposable {
  publish(call: Partial<LoadCall> & Pick<LoadCall, "port" | "events">): Promise<LoadAnswer>;
}

/** Speaks with a child program by turns: one answer to each call. */
function talk<Call, Answer>(file: string) {
  let next = Promise.withResolvers<Answer>();
  const child = Bun.spawn([process.execPath, join(import.meta.dir, file)], {
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
    ipc: (answer) => next.resolve(answer as Answer),
    onExit: () => next.reject(new Error(`${file} has ended`)),
  });
  const cleared = clearAtExit(() => child.kill("SIGKILL"));
  next.promise.catch(() => {});
  return {
    first: () => next.promise,
    ask(call: Call): Promise<Answer> {
      next = Promise.withResolvers<Answer>();
      child.send(call);
      return next.promise;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
      cleared();
    },
  };
}

/** Starts the receiver. */
export async function startReceiver(): Promise<Receiver> {
  const child = talk<ReceiverCall, ReceiverAnswer>("receiver.ts");
  const said = await child.first();
  if (said.tell !== "listening") throw new Error("the receiver did not start");
  return {
    url: hookAt(said.port),
    async reset({ notes } = { notes: false }) {
      await child.ask({ ask: "reset", notes });
    },
    async reached(count, withinMs = 120_000) {
      const answer = await child.ask({ ask: "await", count, withinMs });
      if (answer.tell !== "reached" || answer.count < count) throw new Error("webhooks are missing");
      if (answer.forged > 0) throw new Error(`${answer.forged} sampled webhooks were signed wrongly`);
      return { at: answer.at };
    },
    async arrivals() {
      const answer = await child.ask({ ask: "arrivals" });
      if (answer.tell !== "arrivals") throw new Error("the receiver told something else");
      const at = new Map<number, number>();
      for (let i = 0; i < answer.pairs.length; i += 2) {
        const [n = 0, instant = 0] = answer.pairs.slice(i, i + 2);
        if (!at.has(n)) at.set(n, instant);
      }
      return at;
    },
    [Symbol.asyncDispose]: child[Symbol.asyncDispose],
  };
}

const hookAt = (port: number) => `http://127.0.0.1:${port}/hook`;

/** Starts the hostile receivers; their URLs. */
export async function startHostile() {
  const child = talk<never, HostilePorts>("hostile.ts");
  const { hangs, drips, floods } = await child.first();
  return {
    hangs: hookAt(hangs),
    drips: hookAt(drips),
    floods: hookAt(floods),
    refuses: hookAt(1),
    [Symbol.asyncDispose]: child[Symbol.asyncDispose],
  };
}

/** Starts the publisher. */
export function startPublisher(): Publisher {
  const child = talk<LoadCall, LoadAnswer>("load.ts");
  const usual = { key: PUBLISH_KEY, size: 1024, rate: null, auctionIds: ["a0"] };
  return {
    publish: (call) =>
      child.ask({ ...usual, connections: Math.min(CONNECTIONS, call.rate ?? CONNECTIONS), ...call }),
    [Symbol.asyncDispose]: child[Symbol.asyncDispose],
  };
}
