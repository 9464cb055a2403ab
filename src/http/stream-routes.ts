import { Elysia } from "elysia";
import type { Overview } from "../overview/overview.ts";
import { MAX_WATCHERS, type Moved, type Watch } from "../overview/watch.ts";
import type { Clock } from "../seams.ts";
import type { Credentials, Session } from "./credentials.ts";
import { describe } from "./describe.ts";
import { openEventStream, STREAM_HEADERS } from "./event-stream.ts";
import { overviewExample } from "./overview-schemas.ts";

/** A stream is never silent for longer than this, ms: the server, and proxies, close those that are after a minute. */
const PING_MS = 15_000;

interface Parts {
  credentials: Credentials;
  watch: Watch;
  clock: Clock;
}

/** What changes, as it changes. */
export const streamRoutes = (parts: Parts) =>
  new Elysia().get(
    "/stream",
    async ({ request }) => {
      const session = await parts.credentials.session(request);
      // Elysia answers HEAD by reading GET's answer to its end, and a stream has none.
      return request.method === "HEAD"
        ? new Response(null, { headers: STREAM_HEADERS })
        : streamFor(session, parts);
    },
    { detail: streamDetail },
  );

/** Lasts as long as the reader, the credential and the hub do. @throws Problem too_many_requests */
function streamFor(session: Session, { watch, clock }: Parts): Response {
  const endings: (() => void)[] = [];
  let isOver = false;
  let cancelPing = () => {};
  let missed: Overview | null = null;

  const stream = openEventStream({
    drained() {
      if (missed !== null) overview(missed);
    },
    closed() {
      isOver = true;
      cancelPing();
      for (const end of endings) end();
    },
  });

  function send(event: string, data: unknown): boolean {
    if (session.isLive()) return stream.send(event, data);
    expire();
    return false;
  }

  /** A reader that is behind gets the latest, not all. */
  function overview(now: Overview): void {
    missed = send("overview", now) ? null : now;
  }

  function expire(): void {
    stream.send("expired", {});
    stream.end();
  }

  function ping(): void {
    send("ping", {});
    watch.lookSoon(); // the minutes go on
    if (!isOver) cancelPing = clock.setTimer(PING_MS, ping);
  }

  const moved = (delivery: Moved) => void send("delivery", delivery);
  const looked = () => {
    if (!session.isLive()) expire();
  };
  endings.push(watch.begin(session.customer.id, { overview, moved, looked, ended: stream.end }));
  if (session.expiresAt !== null) endings.push(clock.setTimer(session.expiresAt - clock.now(), expire));
  cancelPing = clock.setTimer(PING_MS, ping);
  return stream.response;
}

const example = [
  "retry: 2000",
  "",
  `event: overview\ndata: ${JSON.stringify({ ...overviewExample, hour: "…", day: "…" })}`,
  "",
  'event: delivery\ndata: {"deliveryId":"0199b1c4-7a53-7b1a-8e60-0d9a4c1f2b3c","status":"success","eventType":"ae.asset.deal.sold.ams","environment":"production"}',
  "",
  "event: ping\ndata: {}",
  "",
  "",
].join("\n");

const streamDetail = describe({
  tag: "Overview",
  summary: "Watch what changes",
  description: `Server-sent events. \`overview\` is what \`GET /api/overview\` answers: at once, then where it has changed, at most once a second. \`delivery\` tells of one that was made or settled, at most 20 in a second. \`ping\` comes every 15 seconds, \`expired\` last, when the credential has ended. At most ${MAX_WATCHERS} streams at once.`,
  auth: "customer",
  answers: {
    200: {
      description: "The events, for as long as the reader listens.",
      mediaType: "text/event-stream",
      schema: { type: "string" },
      example,
    },
  },
  problems: ["customer_disabled", "too_many_requests"],
});
