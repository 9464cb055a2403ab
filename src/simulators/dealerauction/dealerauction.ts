import type { Seams } from "../../seams.ts";
import { type FailureOptions, PlannedFailures } from "../planned-failures.ts";
import { serveOnLoopback } from "../serve-on-loopback.ts";
import { type FailureName, failures } from "./failures.ts";
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
  fail(name: FailureName, options?: FailureOptions<SeenRequest>): void;
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

/** Starts one on loopback; port 0 takes any free one. */
export function startDealerAuction(parts: {
  seams: Pick<Seams, "clock" | "random">;
  port?: number;
  customerIds?: readonly string[];
}): DealerAuctionSimulator {
  const { seams, port = 0, customerIds = ["10001"] } = parts;
  const { clock } = seams;
  const planned = new PlannedFailures<FailureName, SeenRequest>(failures);
  const simulator = {
    world: new World({ now: clock.now, random: seams.random }),
    username: "dealer",
    password: "example password",
    customerIds,
    requests: [] as SeenRequest[],
    fail: planned.fail,
    recover: planned.recover,
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
    const line = { clock, signal: request.signal, waits: (ms: number) => simulator.letsWait(ms) };
    return planned.answer(seen, line, () => answerTo(seen, request.headers.get("authorization"), simulator));
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
