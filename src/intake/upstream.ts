import type { Upstream, UpstreamAnswer, UpstreamCall } from "../connectors/connector.ts";
import { UpstreamError } from "../connectors/upstream-error.ts";
import { describeFetchError } from "../delivery/fetch-error.ts";
import { checkTargetUrl, resolveTarget, targetRefusals } from "../delivery/target-guard.ts";
import { readHttpDate } from "../http-dates.ts";
import type { Network } from "../networks.ts";
import type { Seams } from "../seams.ts";
import { VERSION } from "../version.ts";
import { ROOM_FOR_PEOPLE, ROOM_FOR_RUNS, UpstreamSlots } from "./upstream-slots.ts";

/** From the call to the answer's headers, name look-up and connecting included, ms. */
const HEADERS_WITHIN_MS = 30_000;

/** The whole exchange, body included, where a call says nothing, ms. */
const WHOLE_WITHIN_MS = 60_000;

/** Of an answer's body at most this much is read, where a call says nothing. */
export const MAX_ANSWER_BYTES = 10 * 1024 * 1024;

/** Opens ways to upstreams through the egress guard. */
export interface Upstreams {
  /** A customer's way to one host; every path stands below the path of this URL. */
  open(baseUrl: string, customerId: number): Upstream;
  /**
   * Asks for what a link leads to, whatever host that is, without a credential; `read` takes the body as it comes.
   * @throws UpstreamError blocked, unreachable, timeout, and what `read` throws
   */
  follow<T>(customerId: number, link: Link, read: (response: Response) => Promise<T>): Promise<T>;
  /** Whether an exchange is under way. */
  areAsked(): boolean;
  /** Resolves when none is. */
  idle(): Promise<void>;
}

/** A link that an upstream gave. */
interface Link {
  url: string;
  signal: AbortSignal;
  /** For the whole exchange, ms. */
  timeoutMs: number;
}

/**
 * Each exchange resolves the name once, checks every address it has and calls the one that was checked, within
 * bounds of time and size. Neither redirects nor links to another host are followed.
 */
export function openUpstreams(parts: {
  seams: Pick<Seams, "clock" | "resolve" | "fetch">;
  allowTargets: readonly Network[];
}): Upstreams {
  const forRuns = new UpstreamSlots(ROOM_FOR_RUNS);
  const forPeople = new UpstreamSlots(ROOM_FOR_PEOPLE);
  const underWay = new Set<Promise<unknown>>();

  function track<T>(work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
    return tracked;
  }

  return {
    open: (baseUrl, customerId) => ({
      exchange(call) {
        const { signal, method = "GET", isUrgent = method !== "GET" } = call;
        const slots = isUrgent ? forPeople : forRuns;
        return track(slots.hold(customerId, signal, () => exchange(baseUrl, call, parts)));
      },
    }),
    follow: (customerId, link, read) =>
      track(forRuns.hold(customerId, link.signal, () => follow(link, read, parts))),
    areAsked: () => underWay.size > 0,
    async idle() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

type Parts = Parameters<typeof openUpstreams>[0];

async function exchange(baseUrl: string, call: UpstreamCall, parts: Parts): Promise<UpstreamAnswer> {
  const { signal, timeoutMs = WHOLE_WITHIN_MS, maxAnswerBytes = MAX_ANSWER_BYTES } = call;
  signal.throwIfAborted();
  const sent = { url: urlOf(baseUrl, call), init: init(call), signal, timeoutMs };
  return send(sent, parts, async (response) => {
    const { status, headers } = response;
    const body = await readWhole(response, maxAnswerBytes);
    return { status, headers, body, date: readHttpDate(headers.get("date")) };
  });
}

async function follow<T>(link: Link, read: (response: Response) => Promise<T>, parts: Parts): Promise<T> {
  link.signal.throwIfAborted();
  const url = URL.parse(link.url);
  if (url === null || url.username + url.password !== "") {
    throw new UpstreamError("foreign_link", "the link is no plain URL");
  }
  return send({ ...link, url, init: init({}) }, parts, read);
}

/** A request that is ready to go. */
interface Sent {
  url: URL;
  init: ReturnType<typeof init>;
  signal: AbortSignal;
  timeoutMs: number;
}

async function send<T>(
  { url, init, signal, timeoutMs }: Sent,
  { seams, allowTargets }: Parts,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const bounds = openBounds(seams.clock, signal, timeoutMs);
  try {
    return await bounds.hold(async () => {
      const address = await addressOf(url, seams.resolve, allowTargets);
      const response = await seams.fetch({ url, address }, { ...init, signal: bounds.signal });
      bounds.headersCame();
      return await read(response);
    });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof UpstreamError ? error : brokenOff(error);
  } finally {
    bounds.end();
  }
}

/** Where a call goes. @throws UpstreamError foreign_link where that is not below the base URL */
function urlOf(baseUrl: string, { url, query = {} }: UpstreamCall): URL {
  const base = new URL(baseUrl);
  const prefix = base.pathname.replace(/\/$/, "");
  const target = URL.parse(url.startsWith("/") ? `${base.origin}${prefix}${url}` : url);
  const isBelow =
    target !== null &&
    target.origin === base.origin &&
    target.username + target.password === "" &&
    (target.pathname === prefix || target.pathname.startsWith(`${prefix}/`));
  if (!isBelow) throw new UpstreamError("foreign_link", "the link leads away from the base URL");
  for (const [name, values] of Object.entries(query)) {
    for (const value of [values ?? []].flat()) target.searchParams.append(name, String(value));
  }
  return target;
}

async function addressOf(
  url: URL,
  resolve: Seams["resolve"],
  allowTargets: readonly Network[],
): Promise<string> {
  const target = await resolveTarget(checkTargetUrl(`${url.origin}/`, allowTargets), resolve, allowTargets);
  if (target.ok) return target.address;
  if (target.reason === "dns") throw new UpstreamError("unreachable", "DNS lookup failed");
  throw new UpstreamError("blocked", targetRefusals[target.reason]);
}

function init({ method = "GET", headers = {}, body }: Pick<UpstreamCall, "method" | "headers" | "body">) {
  const given = new Headers(headers);
  if (!given.has("user-agent")) given.set("user-agent", `lanehook/${VERSION}`);
  return { method, headers: Object.fromEntries(given), body: body ?? null, ownConnection: method !== "GET" };
}

/** Past the limit the connection is dropped. @throws UpstreamError too_large */
async function readWhole(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const whole = new Bun.ArrayBufferSink(); // one buffer: a body of single bytes must not become a million objects
  whole.start({ asUint8Array: true });
  const announced = Number(response.headers.get("content-length") ?? 0);
  for (let length = announced > maxBytes ? announced : 0; length <= maxBytes; ) {
    const { done, value } = await reader.read();
    if (done) return whole.end() as Uint8Array<ArrayBuffer>;
    whole.write(value);
    length += value.byteLength;
  }
  reader.cancel().catch(() => {}); // the rest is not wanted, nor is its end
  throw new UpstreamError("too_large", `more than ${maxBytes} bytes`);
}

/** Ends an exchange when its caller does, when its headers do not come, and when the whole takes too long. */
function openBounds(clock: Seams["clock"], callers: AbortSignal, wholeMs: number) {
  const ending = new AbortController();
  const late = (ms: number) => () =>
    ending.abort(new UpstreamError("timeout", `no complete answer within ${ms / 1000} s`));
  const headersMs = Math.min(HEADERS_WITHIN_MS, wholeMs);
  const headersCame = clock.setTimer(headersMs, late(headersMs));
  const cancelWhole = clock.setTimer(wholeMs, late(wholeMs));
  const follow = () => ending.abort(callers.reason);
  callers.addEventListener("abort", follow, { once: true });
  return {
    signal: ending.signal,
    headersCame,
    /** The work's result, or the reason of its end at once: a name look-up, for one, cannot be called off. */
    hold: <T>(work: () => Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        ending.signal.addEventListener("abort", () => reject(ending.signal.reason), { once: true });
        work().then(resolve, (error) => reject(ending.signal.aborted ? ending.signal.reason : error));
      }),
    end() {
      headersCame();
      cancelWhole();
      callers.removeEventListener("abort", follow);
    },
  };
}

function brokenOff(error: unknown): UpstreamError {
  const { reason, detail } = describeFetchError(error);
  return new UpstreamError(reason === "timeout" ? "timeout" : "unreachable", detail);
}
