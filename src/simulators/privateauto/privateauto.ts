import type { Seams } from "../../seams.ts";
import { type FailureOptions, PlannedFailures } from "../planned-failures.ts";
import { serveOnLoopback } from "../serve-on-loopback.ts";
import type { Asked } from "./account.ts";
import { Deliveries } from "./deliveries.ts";
import { type FailureName, failures } from "./failures.ts";
import { Bucket } from "./files.ts";
import { answerTo } from "./operations.ts";
import { World } from "./world.ts";

/** A PrivateAuto of one's own: a real HTTP server with a small world behind it, whose webhooks go out. */
export interface PrivateAutoSimulator {
  url: string;
  world: World;
  /** Its webhooks; `endpoint.url` says where they go. */
  deliveries: Deliveries;
  bucket: Bucket;
  partnerId: string;
  /** base64. */
  sharedSecret: string;
  webhookSecret: string;
  /** Dealers that leads may be handed in for. */
  allowlist: readonly string[];
  /** Every request so far, in order; files apart. */
  requests: Asked[];
  fail(name: FailureName, options?: FailureOptions<Asked>): void;
  /** No failure that was asked for comes any more. */
  recover(): void;
  /** Runs whenever a client is left waiting, with how long, ms; who drives the clock moves it on. */
  letsWait: (ms: number) => void;
  /** Stops listening and sending. */
  stop(): Promise<void>;
}

/** Starts one on loopback; port 0 takes any free one. */
export function startPrivateAuto(parts: {
  seams: Pick<Seams, "clock" | "fetch">;
  port?: number;
}): PrivateAutoSimulator {
  const { seams, port = 0 } = parts;
  const { clock } = seams;
  const planned = new PlannedFailures<FailureName, Asked>(failures);
  const account = {
    partnerId: "partner-acme",
    sharedSecret: Buffer.from("an example secret, shared").toString("base64"),
    webhookSecret: "whsec_example",
    allowlist: ["663a1f2b4e8c9a001234abcd"],
  };
  const bucket = new Bucket();
  const { partnerId, webhookSecret: secret } = account;
  const deliveries = new Deliveries({ url: null, secret, partnerId }, seams);
  const world = new World({ now: clock.now, deliveries, bucket });
  const simulator = {
    ...account,
    world,
    deliveries,
    bucket,
    requests: [] as Asked[],
    fail: planned.fail,
    recover: planned.recover,
    letsWait: (_: number) => {},
  };

  async function respond(request: Request): Promise<Response> {
    const { pathname, searchParams: query } = new URL(request.url);
    const asked = { method: request.method, path: pathname, query, body: await request.text() };
    if (pathname.startsWith("/files/")) return bucket.answer(pathname.slice(7), query, clock.now());
    if (pathname === ENDPOINT_PATH) return setEndpoint(asked, deliveries);
    simulator.requests.push(asked);
    const whose = { ...account, world, log: deliveries.log, now: clock.now };
    const line = { clock, signal: request.signal, waits: (ms: number) => simulator.letsWait(ms) };
    return planned.answer(asked, line, () => answerTo(asked, request.headers.get("authorization"), whose));
  }

  const server = serveOnLoopback(port, async (request) => {
    const response = await respond(request);
    response.headers.set("date", new Date(clock.now()).toUTCString());
    return response;
  });
  bucket.url = `http://127.0.0.1:${server.port}`;
  return Object.assign(simulator, {
    url: bucket.url,
    async stop() {
      deliveries.stop();
      await server.stop(true);
    },
  });
}

/** Of the simulator alone: where its webhooks go, which a partner tells PrivateAuto by mail. */
export const ENDPOINT_PATH = "/simulator/webhook-endpoint";

function setEndpoint({ body }: Asked, { endpoint }: Deliveries): Response {
  const { url } = JSON.parse(body || "{}") as { url?: unknown };
  if (typeof url !== "string" || URL.parse(url)?.hostname !== "127.0.0.1")
    return new Response(null, { status: 400 });
  endpoint.url = url;
  return new Response(null, { status: 204 });
}
