import { carter, ENVIRONMENT } from "./cast.ts";
import { pause, type Stage, signUp } from "./story.ts";
import type { Upstream } from "./upstreams.ts";

/** What came of one connected upstream. */
export interface Connected {
  kind: string;
  title: string;
  /** What the hub said of the credentials. */
  check: { ok: boolean; detail: string };
  /** Events that there must be at least, and how many a last run, before which nothing had happened, still found. */
  least: number;
  foundAtRest: number;
  /** Webhooks to the dealer, and of how many events. */
  webhooks: number;
  arrived: number;
}

/** Between two looks at what has arrived, in ms. */
const LOOK_MS = 50;

/** So many looks without a new webhook mean that nothing is on its way. */
const QUIET_LOOKS = 6;

/** A third dealer connects upstreams: what they have and what happens in them arrives as events. @throws DemoFailure */
export async function playUpstreams(stage: Stage, upstreams: readonly Upstream[]): Promise<Connected[]> {
  const { token } = await signUp(stage, carter);
  const all: Connected[] = [];
  for (const upstream of upstreams) {
    stage.say(`${carter.name} connects ${upstream.title}`);
    all.push(await connect(stage, upstream, token));
  }
  return all;
}

async function connect(stage: Stage, upstream: Upstream, auth: string): Promise<Connected> {
  const { hub } = stage;
  const { kind, title, settings, least } = upstream;
  const path = `/connectors/${kind}`;
  const made = await hub.call<Pick<Connected, "check"> & { inboundUrl: string }>("PUT", path, {
    auth,
    body: { kind, environment: ENVIRONMENT, settings },
  });
  upstream.hear?.(made.inboundUrl);
  const poll = () => hub.call<{ events: number }>("POST", `${path}/poll`, { auth });
  await poll();
  upstream.happen();
  await poll();
  await arrivals(stage, kind, least);
  const { events: foundAtRest } = await poll();
  const came = webhooksOf(stage, kind);
  const arrived = new Set(came.map(({ eventId }) => eventId)).size;
  return { kind, title, check: made.check, least, foundAtRest, webhooks: came.length, arrived };
}

/** All have arrived when enough have and none came for a while: some bring others along. */
async function arrivals(stage: Stage, kind: string, least: number): Promise<void> {
  let known = -1;
  for (let looks = 0; looks < QUIET_LOOKS; looks++) {
    await pause(stage, LOOK_MS);
    const count = webhooksOf(stage, kind).length;
    if (count < least || count !== known) looks = 0;
    known = count;
  }
}

const webhooksOf = ({ receivers }: Stage, kind: string) =>
  receivers.webhooks.filter(({ path }) => path === `${carter.slug}/${kind}`);
