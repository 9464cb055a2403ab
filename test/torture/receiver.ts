// The independent receiver: a process that is never killed, misbehaves by its seed, and keeps its own ledger of
// every webhook it was sent. It knows nothing of the hub but the secrets.
import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { chanceFrom } from "./chance.ts";

/** What the receiver wrote down about one webhook. */
export interface Entry {
  path: string;
  deliveryId: string;
  eventId: string;
  attempt: number;
  sha256: string;
  isSigned: boolean;
  /** The status it was answered with; 0: no answer, or a broken one. */
  answered: number;
}

/** What the torture asks of it. */
export type ReceiverCall =
  /** From now on these secrets sign the webhooks to these paths, and this share goes wrong; below 0: all is refused. */
  { ask: "expect"; secrets: Record<string, string>; wrongs: number } | { ask: "ledger" };

const seed = process.argv[2] ?? "1";
const ledger: Entry[] = [];
let secrets: Record<string, string> = {};
let wrongs = 0;

const server = createServer(async (request, response) => {
  response.on("error", () => {}); // the hub may be killed at any moment
  const body = await bodyOf(request);
  if (body === null) return;
  const header = (name: string) => String(request.headers[name] ?? "");
  const entry: Entry = {
    path: request.url ?? "",
    deliveryId: header("x-webhook-delivery"),
    eventId: header("webhook-id"),
    attempt: Number(header("x-webhook-attempt")),
    sha256: createHash("sha256").update(body).digest("hex"),
    isSigned: isSigned(header, secrets[request.url ?? ""] ?? "", body),
    answered: 0,
  };
  ledger.push(entry);
  await answer(entry, response);
});

/** Null: it broke off. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return null;
  }
  const whole = Buffer.concat(chunks);
  return whole.length === Number(request.headers["content-length"]) ? whole : null;
}

async function answer(entry: Entry, response: ServerResponse): Promise<void> {
  const say = (status: number, headers: Record<string, string> = {}) => {
    entry.answered = status;
    response.writeHead(status, headers).end("told");
  };
  const breakOff = (afterMs: number | null) => {
    response.writeHead(200, { "content-length": "100" }).write("half");
    if (afterMs !== null) setTimeout(() => response.destroy(), afterMs);
  };
  if (wrongs < 0) return say(500);
  const chance = chanceFor(entry);
  if (!chance.happens(wrongs)) return say(200);
  switch (chance.between(0, 7)) {
    case 0:
      return say(500);
    case 1:
      return say(503, { "retry-after": "1" });
    case 2:
      return say(302, { location: "http://127.0.0.1:1/" });
    case 3: // late, but in time
      await Bun.sleep(chance.between(20, 200));
      return say(200);
    case 4: // too late: nobody hears it
      await Bun.sleep(2000);
      return void response.writeHead(200).end("late");
    case 5: // says that it is fine, and never ends
      return breakOff(null);
    case 6: // says that it is fine, and breaks off in the middle
      return breakOff(chance.between(0, 50));
    default: // hangs up
      return void response.destroy();
  }
}

/** By what came and not by when, so that a seed decides how each attempt of each event goes. */
function chanceFor({ path, sha256, attempt }: Entry) {
  const hash = createHash("sha256").update(`${seed} ${path} ${sha256} ${attempt}`).digest();
  return chanceFrom(hash.readUInt32BE(0));
}

/** Both families, computed here from their documents and not by the hub's code. */
function isSigned(header: (name: string) => string, secret: string, body: Buffer): boolean {
  const hub = createHmac("sha256", secret)
    .update(`${header("x-webhook-timestamp")}.`)
    .update(body);
  const standard = createHmac("sha256", Buffer.from(secret.slice("whsec_".length), "base64"))
    .update(`${header("webhook-id")}.${header("webhook-timestamp")}.`)
    .update(body);
  return (
    header("x-webhook-signature") === `sha256=${hub.digest("hex")}` &&
    header("webhook-signature")
      .split(" ")
      .includes(`v1,${standard.digest("base64")}`)
  );
}

process.on("message", (call: ReceiverCall) => {
  if (call.ask === "expect") {
    secrets = call.secrets;
    wrongs = call.wrongs;
    process.send?.({});
  } else process.send?.(ledger);
});

server.keepAliveTimeout = 0; // the hub decides how long a connection lives
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
