import type { Seams } from "../../seams.ts";
import { type FailureOptions, PlannedFailures } from "../planned-failures.ts";
import { serveOnLoopback } from "../serve-on-loopback.ts";
import { type Callbacks, openCallbacks } from "./callbacks.ts";
import { type FailureName, failures } from "./failures.ts";
import { type Account, type Asked, answerTo } from "./operations.ts";
import { World } from "./world.ts";

/** A Roadster of one's own: a real HTTP server with a small world behind it, which calls back. */
export interface RoadsterSimulator extends Account {
  url: string;
  callbacks: Callbacks;
  /** Every request so far, in order. */
  requests: Asked[];
  fail(name: FailureName, options?: FailureOptions<Asked>): void;
  /** No failure that was asked for comes any more. */
  recover(): void;
  /** Runs before each request is answered: what happens in the world between two requests. */
  beforeEach: (request: Asked) => void;
  /** Runs whenever a client is left waiting, with how long, ms; who drives the clock moves it on. */
  letsWait: (ms: number) => void;
  /** Added to the `Date` of its answers, ms. */
  dateSkewMs: number;
  stop(): Promise<void>;
}

/** The path of its base URL. */
const BASE = "/v1";

/** Where a person names the endpoint for callbacks: `PUT {"url": …}`. */
export const CALLBACKS_PATH = "/simulator/callbacks";

/** Starts one on loopback; port 0 takes any free one. */
export function startRoadster(parts: {
  seams: Pick<Seams, "clock" | "random" | "fetch" | "resolve">;
  port?: number;
  dpids?: readonly string[];
}): RoadsterSimulator {
  const { seams, port = 0, dpids = ["lakeside"] } = parts;
  const { clock } = seams;
  const apiKey = "roadster-example-key";
  const planned = new PlannedFailures<FailureName, Asked>(failures);
  const simulator = {
    world: new World({ now: clock.now, random: seams.random }),
    apiKey,
    dpids,
    fromVin: "exclusive" as Account["fromVin"],
    callbacks: openCallbacks({ apiKey, seams }),
    requests: [] as Asked[],
    fail: planned.fail,
    recover: planned.recover,
    beforeEach: (_: Asked) => {},
    letsWait: (_: number) => {},
    dateSkewMs: 0,
  };

  async function respond(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const body = await request.text();
    if (pathname === CALLBACKS_PATH && request.method === "PUT")
      return nameEndpoint(simulator.callbacks, body);
    const path = pathname.startsWith(`${BASE}/`) ? pathname.slice(BASE.length) : "";
    const asked = { method: request.method, path, query: searchParams, body };
    simulator.requests.push(asked);
    simulator.beforeEach(asked);
    const line = { clock, signal: request.signal, waits: (ms: number) => simulator.letsWait(ms) };
    return planned.answer(asked, line, () =>
      answerTo(asked, request.headers.get("authorization"), simulator),
    );
  }

  const server = serveOnLoopback(port, async (request) => {
    const response = await respond(request);
    response.headers.set("date", new Date(clock.now() + simulator.dateSkewMs).toUTCString());
    return response;
  });
  return Object.assign(simulator, {
    url: `http://127.0.0.1:${server.port}${BASE}`,
    stop: () => server.stop(true),
  });
}

function nameEndpoint(callbacks: Callbacks, body: string): Response {
  try {
    const { url } = JSON.parse(body) as { url: string };
    callbacks.url = new URL(url).href;
    return Response.json({ url: callbacks.url });
  } catch {
    return Response.json({ error: 'send {"url": "<inboundUrl>"}' }, { status: 400 });
  }
}
