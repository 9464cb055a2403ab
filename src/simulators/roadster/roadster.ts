import type { Seams } from "../../seams.ts";
import { serveOnLoopback } from "../serve-on-loopback.ts";
import { type Callbacks, openCallbacks } from "./callbacks.ts";
import { type FailureName, failures } from "./failures.ts";
import { type Account, type Asked, answerTo } from "./operations.ts";
import { World } from "./world.ts";

/** When and how often to fail. */
export interface FailureOptions {
  /** Which requests fail; left out: any. */
  at?: (request: Asked) => boolean;
  /** How many of them; 1 by default. */
  times?: number;
}

/** A Roadster of one's own: a real HTTP server with a small world behind it, which calls back. */
export interface RoadsterSimulator extends Account {
  url: string;
  callbacks: Callbacks;
  /** Every request so far, in order. */
  requests: Asked[];
  fail(name: FailureName, options?: FailureOptions): void;
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

interface PlannedFailure {
  name: FailureName;
  at: (request: Asked) => boolean;
  left: number;
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
  const planned: PlannedFailure[] = [];
  const simulator = {
    world: new World({ now: clock.now, random: seams.random }),
    apiKey,
    dpids,
    fromVin: "exclusive" as Account["fromVin"],
    callbacks: openCallbacks({ apiKey, seams }),
    requests: [] as Asked[],
    fail(name: FailureName, { at = () => true, times = 1 }: FailureOptions = {}) {
      planned.push({ name, at, left: times });
    },
    recover: () => void planned.splice(0),
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
    const failure = nextFailure(planned, asked);
    const answer =
      failure === null || failure.hasEffect
        ? answerTo(asked, request.headers.get("authorization"), simulator)
        : { status: 200, body: "" };
    const line = { clock, signal: request.signal, waits: (ms: number) => simulator.letsWait(ms) };
    return failure === null ? jsonOf(answer) : failure.spoil(answer, line);
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

const jsonOf = ({ status, body }: { status: number; body: string }) =>
  new Response(body, { status, headers: { "content-type": "application/json" } });

function nameEndpoint(callbacks: Callbacks, body: string): Response {
  try {
    const { url } = JSON.parse(body) as { url: string };
    callbacks.url = new URL(url).href;
    return Response.json({ url: callbacks.url });
  } catch {
    return Response.json({ error: 'send {"url": "<inboundUrl>"}' }, { status: 400 });
  }
}

function nextFailure(planned: PlannedFailure[], request: Asked) {
  const found = planned.find(({ left, at }) => left > 0 && at(request));
  if (found === undefined) return null;
  found.left--;
  return failures[found.name];
}
