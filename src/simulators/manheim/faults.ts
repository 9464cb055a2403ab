import type { Clock } from "../../seams.ts";
import { quotaReset, refuse } from "./gateway.ts";

/** Everything that can go wrong with one request (UPSTREAMS 2, failure modes the simulator needs). */
export const faults = [
  "expired",
  "inactive",
  "over-qps",
  "over-quota",
  "not-authorized",
  "not-a-service",
  "blank-404",
  "html-404",
  "html-200",
  "server-error",
  "unavailable",
  "slow",
  "dripping",
  "truncated",
  "broken-off",
  "duplicate",
  "nameless-item",
  "empty-page",
  "foreign-next",
  "cycling-next",
] as const;

export type Fault = (typeof faults)[number];

/** A fault of some requests to come, or something that happens before one of them is answered. */
export interface Plan {
  fault?: Fault;
  /** Runs before the request is answered, such as a change in mid-paging. */
  run?: () => void;
  /** Runs once the answer is written and not yet sent: what it says is old by then. */
  runBehind?: () => void;
  /** Only requests whose path, with its query, begins so. */
  path?: string;
  /** This many such requests are answered well before it; 0 by default. */
  after?: number;
  /** How many requests in a row; 1 by default. */
  times?: number;
  /** Seconds in `Retry-After`, for refusals and server errors; none by default. */
  retryAfter?: number;
  /** When the quota begins anew, ms UTC; the gateway does not say by default. */
  resetAt?: number;
  /** How slow, ms; 45,000 by default. */
  delayMs?: number;
  /** Where `foreign-next` leads. */
  elsewhere?: string;
}

/** Plans, each used up in its turn. */
export class Faults {
  #plans: { plan: Plan; skip: number; left: number }[] = [];

  add(plan: Plan): void {
    this.#plans.push({ plan, skip: plan.after ?? 0, left: plan.times ?? 1 });
  }

  clear(): void {
    this.#plans = [];
  }

  /** The plan for this request, which is spent by asking; runs what was to happen before it. */
  next(path: string): Plan | null {
    for (const each of this.#plans) {
      if (!path.startsWith(each.plan.path ?? "/")) continue;
      if (each.skip > 0) {
        each.skip -= 1;
        continue;
      }
      each.left -= 1;
      if (each.left <= 0) this.#plans = this.#plans.filter((other) => other !== each);
      each.plan.run?.();
      if (each.plan.fault !== undefined || each.plan.runBehind !== undefined) return each.plan;
    }
    return null;
  }
}

const HTML = { "Content-Type": "text/html; charset=utf-8" };

/** What stands for the answer altogether; null: the fault only changes the answer. */
export function insteadOf({ fault, retryAfter, resetAt }: Plan): Response | null {
  const wait: Record<string, string> = retryAfter === undefined ? {} : { "Retry-After": String(retryAfter) };
  const page = (status: number, title: string) =>
    new Response(`<html><head><title>${title}</title></head><body>${title}</body></html>`, {
      status,
      headers: { ...HTML, ...wait },
    });
  switch (fault) {
    case "expired":
      return refuse("unauthorized");
    case "inactive":
      return refuse("inactive");
    case "over-qps":
      return refuse("overQps", wait);
    case "over-quota":
      return refuse("overQuota", resetAt === undefined ? {} : { "X-Plan-Quota-Reset": quotaReset(resetAt) });
    case "not-authorized":
      return refuse("notAuthorized");
    case "not-a-service":
      return refuse("notFound");
    case "blank-404":
      return new Response(null, { status: 404 });
    case "html-404":
      return page(404, "Not Found");
    case "html-200":
      return page(200, "Please sign in to the network");
    case "server-error":
      return page(500, "Internal Server Error");
    case "unavailable":
      return page(503, "Service Unavailable");
    default:
      return null;
  }
}

/** Longer than a client should wait for the first byte. */
const SLOW_MS = 45_000;

/** A dripping body gives a byte this often, ms. */
const DRIP_MS = 1000;

/** The answer as it goes over the wire: late, byte by byte, or not to its end. */
export async function spoil(answer: Response, { fault, delayMs }: Plan, clock: Clock): Promise<Response> {
  if (fault === "slow") {
    await clock.sleep(delayMs ?? SLOW_MS);
    return answer;
  }
  const whole = await answer.bytes();
  const half = whole.subarray(0, Math.ceil(whole.length / 2));
  const like = { status: answer.status, headers: answer.headers };
  switch (fault) {
    case "truncated":
      return new Response(half, like);
    case "broken-off":
      return new Response(brokenOff(half), like);
    case "dripping":
      return new Response(dripping(whole, clock, delayMs ?? DRIP_MS), like);
    default:
      return new Response(whole, like);
  }
}

function brokenOff(half: Uint8Array): ReadableStream<Uint8Array> {
  let isSent = false;
  return new ReadableStream({
    pull(controller) {
      if (isSent) return controller.error(); // without a reason Bun says nothing of it
      isSent = true;
      controller.enqueue(half);
    },
  });
}

function dripping(whole: Uint8Array, clock: Clock, everyMs: number): ReadableStream<Uint8Array> {
  const gone = new AbortController();
  let sent = 0;
  return new ReadableStream({
    async pull(controller) {
      if (sent > 0) await clock.sleep(everyMs, gone.signal);
      if (sent >= whole.length || gone.signal.aborted) return controller.close();
      controller.enqueue(whole.subarray(sent, sent + 1));
      sent += 1;
    },
    cancel: () => gone.abort(),
  });
}
