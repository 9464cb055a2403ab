// A receiver in a process of its own: it answers 200 at once, counts what comes and notes when.
import { createHmac } from "node:crypto";

/** What the bench asks the receiver. */
export type ReceiverCall =
  | { ask: "reset"; notes: boolean }
  | { ask: "await"; count: number; withinMs: number }
  | { ask: "arrivals" };

/** And what it tells. */
export type ReceiverAnswer =
  | { tell: "listening"; port: number }
  | { tell: "reset" }
  /** `at`: when that many had come, ms since the epoch. */
  | { tell: "reached"; count: number; at: number }
  /** Pairs of an event's number and when its webhook began to arrive, ms since the epoch. */
  | { tell: "arrivals"; pairs: number[] };

/** The bench's payloads end in their number. */
const NUMBER = /"n":(\d+)\}$/;

/** One signature in so many is verified, where the path carries the secret. */
const VERIFY_EVERY = 1000;

const now = () => performance.timeOrigin + performance.now();

let count = 0;
let notes = false;
let pairs: number[] = [];
let awaited: { count: number; reached: () => void } | null = null;

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  idleTimeout: 0,
  async fetch(request) {
    const at = now();
    if (notes || (count + 1) % VERIFY_EVERY === 0) await look(request, at);
    count += 1;
    if (awaited !== null && count >= awaited.count) awaited.reached();
    return new Response("OK");
  },
});

async function look(request: Request, at: number): Promise<void> {
  const body = await request.text();
  if (notes) pairs.push(Number(body.match(NUMBER)?.[1]), at);
  const secret = request.headers.get("x-webhook-id") && new URL(request.url).searchParams.get("secret");
  if (!secret || (count + 1) % VERIFY_EVERY !== 0) return;
  const signed = `${request.headers.get("x-webhook-timestamp")}.${body}`;
  const expected = `sha256=${createHmac("sha256", secret).update(signed).digest("hex")}`;
  if (request.headers.get("x-webhook-signature") !== expected) throw new Error("a signature does not verify");
}

const tell = (answer: ReceiverAnswer) => process.send?.(answer);

process.on("message", (call: ReceiverCall) => {
  if (call.ask === "reset") {
    count = 0;
    pairs = [];
    notes = call.notes;
    tell({ tell: "reset" });
  } else if (call.ask === "arrivals") {
    tell({ tell: "arrivals", pairs });
  } else {
    const late = setTimeout(() => awaited?.reached(), call.withinMs);
    const reached = () => {
      clearTimeout(late);
      awaited = null;
      tell({ tell: "reached", count, at: now() });
    };
    if (count >= call.count) reached();
    else awaited = { count: call.count, reached };
  }
});

tell({ tell: "listening", port: server.port ?? 0 });
