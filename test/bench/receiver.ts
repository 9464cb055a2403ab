// A receiver in a process of its own: it answers 200 at once, counts what comes and notes when.
import { signatureOf } from "./signing.ts";

/** What the bench asks the receiver. */
export type ReceiverCall =
  /** With `notes`, only webhooks whose payload has a number count, and when each came is kept. */
  { ask: "reset"; notes: boolean } | { ask: "await"; count: number; withinMs: number } | { ask: "arrivals" };

/** And what it tells. */
export type ReceiverAnswer =
  | { tell: "listening"; port: number }
  | { tell: "reset" }
  /** `at`: when that many had come, ms since the epoch. */
  | { tell: "reached"; count: number; at: number; forged: number }
  /** Pairs of an event's number and when its webhook arrived, ms since the epoch. */
  | { tell: "arrivals"; pairs: number[] };

/** The bench's payloads end in their number; those of rows that were there before have none. */
const NUMBER = /"n":(\d+)\}$/;

/** One signature in so many is verified. */
const VERIFY_EVERY = 500;

const now = () => performance.timeOrigin + performance.now();

let count = 0;
let others = 0;
let forged = 0;
let notes = false;
let pairs: number[] = [];
let awaited: { count: number; reached: () => void } | null = null;

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  idleTimeout: 0,
  async fetch(request) {
    const at = now();
    const isSample = (count + others) % VERIFY_EVERY === 0;
    const isCounted = notes || isSample ? look(await request.text(), request, { at, isSample }) : true;
    if (isCounted) count += 1;
    else others += 1;
    if (awaited !== null && count >= awaited.count) awaited.reached();
    return new Response("OK");
  },
});

/** True when this webhook counts. */
function look(
  body: string,
  { headers }: Request,
  { at, isSample }: { at: number; isSample: boolean },
): boolean {
  const expected = isSample && signatureOf(headers.get("x-webhook-timestamp") ?? "", body);
  if (isSample && headers.get("x-webhook-signature") !== expected) forged += 1;
  if (!notes) return true;
  const number = body.match(NUMBER)?.[1];
  if (number === undefined) return false;
  pairs.push(Number(number), at);
  return true;
}

const tell = (answer: ReceiverAnswer) => process.send?.(answer);

process.on("disconnect", () => process.exit());
process.on("message", (call: ReceiverCall) => {
  if (call.ask === "reset") {
    count = 0;
    others = 0;
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
      tell({ tell: "reached", count, at: now(), forged });
    };
    if (count >= call.count) reached();
    else awaited = { count: call.count, reached };
  }
});

tell({ tell: "listening", port: server.port ?? 0 });
