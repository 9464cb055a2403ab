import type { Seams } from "../../seams.ts";
import { serveOnLoopback } from "../serve-on-loopback.ts";
import { type FailureName, failures, json } from "./failures.ts";
import { answerTo } from "./operations.ts";
import { World } from "./world.ts";

/** A request as the simulator saw it. */
export interface SeenRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  body: string;
}

/** When and how often to fail. */
export interface FailureOptions {
  /** Which requests fail; left out: any. */
  at?: (request: SeenRequest) => boolean;
  /** How many of them; 1 by default. */
  times?: number;
}

/** A DealerAuction of one's own: a real HTTP server with a small world behind it. */
export interface DealerAuctionSimulator {
  url: string;
  world: World;
  username: string;
  password: string;
  /** Whose stock these credentials see. */
  customerIds: readonly string[];
  /** Every request so far, in order. */
  requests: SeenRequest[];
  fail(name: FailureName, options?: FailureOptions): void;
  /** No failure that was asked for comes any more. */
  recover(): void;
  /** Runs before each request is answered: what happens in the world between two requests. */
  beforeEach: (request: SeenRequest) => void;
  /** Runs whenever a client is left waiting, with how long, ms; who drives the clock moves it on. */
  letsWait: (ms: number) => void;
  /** Added to the `Date` of its answers, ms. */
  dateSkewMs: number;
  stop(): Promise<void>;
}

interface PlannedFailure {
  name: FailureName;
  at: (request: SeenRequest) => boolean;
  left: number;
}

/** Starts one on loopback; port 0 takes any free one. */
export function startDealerAuction(parts: {
  seams: Pick<Seams, "clock" | "random">;
  port?: number;
  customerIds?: readonly string[];
}): DealerAuctionSimulator {
  const { seams, port = 0, customerIds = ["10001"] } = parts;
  const { clock } = seams;
  const planned: PlannedFailure[] = [];
  const simulator = {
    world: new World({ now: clock.now, random: seams.random }),
    username: "dealer",
    password: "example password",
    customerIds,
    requests: [] as SeenRequest[],
    fail(name: FailureName, { at = () => true, times = 1 }: FailureOptions = {}) {
      planned.push({ name, at, left: times });
    },
    recover: () => void planned.splice(0),
    beforeEach: (_: SeenRequest) => {},
    letsWait: (_: number) => {},
    dateSkewMs: 0,
  };

  async function respond(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const body = await request.text();
    const seen = { method: request.method, path: pathname, query: searchParams, body };
    simulator.requests.push(seen);
    simulator.beforeEach(seen);
    const failure = nextFailure(planned, seen);
    const answer =
      failure === null || failure.hasEffect
        ? answerTo(seen, request.headers.get("authorization"), simulator)
        : { status: 200, body: "" };
    const line = { clock, signal: request.signal, waits: (ms: number) => simulator.letsWait(ms) };
    return failure === null ? json(answer.status, answer.body) : failure.spoil(answer, line);
  }

  const server = serveOnLoopback(port, async (request) => {
    const response = await respond(request);
    response.headers.set("date", new Date(clock.now() + simulator.dateSkewMs).toUTCString());
    return response;
  });
  return Object.assign(simulator, {
    url: `http://127.0.0.1:${server.port}`,
    stop: () => server.stop(true),
  });
}

function nextFailure(planned: PlannedFailure[], request: SeenRequest) {
  const found = planned.find(({ left, at }) => left > 0 && at(request));
  if (found === undefined) return null;
  found.left--;
  return failures[found.name];
}
