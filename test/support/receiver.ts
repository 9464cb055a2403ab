import { hubSignature, standardSignature } from "../../src/delivery/signature.ts";

/** One webhook as it arrived. */
export interface Received {
  headers: Record<string, string>;
  body: string;
  path: string;
}

/** What a receiver answers: a status, or anything a server may do. */
export type Answer = number | ((request: Request) => Response | Promise<Response>);

/** A real webhook receiver on loopback. */
export interface Receiver extends AsyncDisposable {
  url: string;
  received: Received[];
  /** The number of each attempt, in the order they came. */
  attempts(): number[];
  /** Answers from now on. */
  answer(answers: Answer | Answer[]): void;
  /** Resolves once this many webhooks have come. */
  got(count: number): Promise<void>;
}

/** Starts a receiver that gives these answers one after another, the last one for ever. */
export function startReceiver(answers: Answer | Answer[] = 200): Receiver {
  let planned = [answers].flat();
  const received: Received[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request) {
      const body = await request.text();
      const { pathname } = new URL(request.url);
      received.push({ headers: Object.fromEntries(request.headers), body, path: pathname });
      for (const each of waiting) if (received.length >= each.count) each.resolve();
      const answer = planned.length > 1 ? planned.shift() : planned[0];
      return typeof answer === "function" ? answer(request) : new Response("OK", { status: answer ?? 200 });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/hook`,
    received,
    attempts: () => received.map(({ headers }) => Number(headers["x-webhook-attempt"])),
    answer(answers) {
      planned = [answers].flat();
    },
    got: (count) =>
      new Promise((resolve) => {
        if (received.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    async [Symbol.asyncDispose]() {
      await server.stop(true);
    },
  };
}

/** True when both signature families of a webhook are those of this secret. */
export function isSignedWith(secret: string, { headers, body }: Received): boolean {
  const timestamp = Number(headers["x-webhook-timestamp"]);
  const eventId = headers["webhook-id"] ?? "";
  return (
    headers["x-webhook-signature"] === hubSignature(secret, { timestamp, body }) &&
    (headers["webhook-signature"] ?? "")
      .split(" ")
      .includes(standardSignature([secret], { eventId, timestamp, body }))
  );
}
