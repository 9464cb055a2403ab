import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../seams.ts";
import { type ReceiverName, receiverNames } from "./cast.ts";

/** A webhook as it came, what it was found to be, and the status it was answered with. */
export interface Webhook {
  receiver: ReceiverName;
  /** Of its URL, without the first slash: `{dealer}/{subscription}`. */
  path: string;
  eventId: string;
  deliveryId: string;
  attempt: number;
  body: string;
  /** True when both signature families are those of the dealer's signing secret. */
  isSigned: boolean;
  status: number;
}

/** The demo's webhook receivers, on loopback. */
export interface Receivers {
  /** All that came, to all of them, in order. */
  webhooks: readonly Webhook[];
  urlOf(name: ReceiverName): string;
  /** From now on webhooks to this dealer's paths must be signed with this secret. */
  trust(dealer: string, signingSecret: string): void;
  /** The one that fails until told accepts from now on. */
  relent(): void;
  stop(): Promise<void>;
}

const ACCEPTED = 200;

/** Starts three receivers: one healthy, one that accepts a delivery at its third attempt, one that never does. */
export function startReceivers(clock: Clock): Receivers {
  const webhooks: Webhook[] = [];
  const secrets = new Map<string, string>();
  let isTold = false;
  const answers: Record<ReceiverName, (earlier: number) => number> = {
    healthy: () => ACCEPTED,
    "fails twice": (earlier) => (earlier < 2 ? 503 : ACCEPTED),
    "fails until told": () => (isTold ? ACCEPTED : 500),
  };

  async function receive(receiver: ReceiverName, request: Request): Promise<Response> {
    const body = await request.text();
    const path = new URL(request.url).pathname.slice(1);
    const deliveryId = request.headers.get("x-webhook-delivery") ?? "";
    const earlier = webhooks.filter((each) => each.deliveryId === deliveryId).length;
    const status = answers[receiver](earlier);
    webhooks.push({
      receiver,
      path,
      eventId: request.headers.get("webhook-id") ?? "",
      deliveryId,
      attempt: Number(request.headers.get("x-webhook-attempt")),
      body,
      isSigned: isSignedWith(secrets.get(path.split("/")[0] ?? ""), request.headers, body, clock.now()),
      status,
    });
    return new Response(status === ACCEPTED ? "OK" : "not now", { status });
  }

  const servers = new Map(receiverNames.map((name) => [name, listen((request) => receive(name, request))]));
  return {
    webhooks,
    urlOf: (name) => `http://127.0.0.1:${servers.get(name)?.port}`,
    trust: (dealer, signingSecret) => void secrets.set(dealer, signingSecret),
    relent: () => {
      isTold = true;
    },
    async stop() {
      await Promise.all([...servers.values()].map((server) => server.stop(true)));
    },
  };
}

const listen = (receive: (request: Request) => Promise<Response>) =>
  Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: receive });

/** How old or how far ahead a timestamp may be, in seconds. */
const TOLERANCE_S = 300;

/** Written as a dealer's own software would: from the documentation, with nothing of the hub's code. */
function isSignedWith(secret: string | undefined, headers: Headers, body: string, nowMs: number): boolean {
  if (secret === undefined) return false;
  const header = (name: string) => headers.get(name) ?? "";
  const isFresh = (timestamp: string) => Math.abs(nowMs / 1000 - Number(timestamp)) <= TOLERANCE_S;
  if (!isFresh(header("x-webhook-timestamp")) || !isFresh(header("webhook-timestamp"))) return false;

  const hex = hmac(secret, `${header("x-webhook-timestamp")}.${body}`).toString("hex");
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const content = `${header("webhook-id")}.${header("webhook-timestamp")}.${body}`;
  const base64 = hmac(key, content).toString("base64");
  return (
    isEqual(header("x-webhook-signature"), `sha256=${hex}`) &&
    header("webhook-signature")
      .split(" ")
      .some((each) => isEqual(each, `v1,${base64}`))
  );
}

const hmac = (key: string | Buffer, content: string) => createHmac("sha256", key).update(content).digest();

function isEqual(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
