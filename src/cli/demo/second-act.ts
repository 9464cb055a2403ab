import { carter, ENVIRONMENT } from "./cast.ts";
import { pause, type Stage, signUp } from "./story.ts";
import type { Upstream } from "./upstreams.ts";

/** What came of one connected upstream. */
export interface Connected {
  kind: string;
  title: string;
  /** What the hub said of the credentials. */
  check: { ok: boolean; detail: string };
  /** Events that the runs brought, and how many a last run, after which nothing had happened, still found. */
  events: number;
  foundAtRest: number;
  /** Webhooks of its events, and of how many events. */
  webhooks: number;
  arrived: number;
}

interface Run {
  status: string;
  events: number;
}

/** Between two looks at what has arrived, in ms. */
const LOOK_MS = 50;

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
  const { kind, title, settings } = upstream;
  const path = `/connectors/${kind}`;
  const { check } = await hub.call<Pick<Connected, "check">>("PUT", path, {
    auth,
    body: { kind, environment: ENVIRONMENT, settings },
  });
  const poll = () => hub.call<Run>("POST", `${path}/poll`, { auth });
  await poll();
  upstream.happen();
  await poll();
  const { events: foundAtRest } = await poll();
  const { runs } = await hub.call<{ runs: Run[] }>("GET", `${path}/runs`, { auth });
  const events = runs.reduce((sum, run) => sum + run.events, 0);
  await arrivals(stage, kind, events);
  const came = webhooksOf(stage, kind);
  const arrived = new Set(came.map(({ eventId }) => eventId)).size;
  return { kind, title, check, events, foundAtRest, webhooks: came.length, arrived };
}

async function arrivals(stage: Stage, kind: string, count: number): Promise<void> {
  while (webhooksOf(stage, kind).length < count) await pause(stage, LOOK_MS);
}

const webhooksOf = ({ receivers }: Stage, kind: string) =>
  receivers.webhooks.filter(({ path }) => path === `${carter.slug}/${kind}`);
