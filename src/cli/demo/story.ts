import type { ShownDeadLetter } from "../../delivery/dead-letters.ts";
import type { ShownAttempt, ShownDelivery } from "../../delivery/delivery-list.ts";
import type { Clock } from "../../seams.ts";
import { acme, best, type Dealer, ENVIRONMENT, type SignedInDealer } from "./cast.ts";
import { DemoFailure } from "./failure.ts";
import type { HubClient } from "./hub-client.ts";
import type { Receivers } from "./receivers.ts";

/** An event of the demo, and what the hub answered. */
export interface PublishedEvent {
  eventId: string;
  eventType: string;
  duplicate: boolean;
  deliveries: number;
  /** The payload, byte for byte. */
  body: string;
  /** The auctions it names. */
  auctionIds: string[];
}

/** All that was seen, for the checks. */
export interface Evidence {
  /** How many event types the catalog lists. */
  catalogSize: number;
  events: PublishedEvent[];
  dealers: SignedInDealer[];
  /** Of both dealers, at the end. */
  deliveries: ShownDelivery[];
  deadLetters: ShownDeadLetter[];
  /** Each attempt of the delivery that became a dead letter. */
  attemptLog: ShownAttempt[];
  replayed: ShownDelivery;
  /** The status that a second replay was answered with. */
  secondReplay: number;
  /** The status that a dealer got who asked for a delivery of the other. */
  peek: number;
}

/** What the screen shows of the story. */
export interface Progress {
  events: number;
  published: number;
  deliveries: number;
  delivered: number;
  dead: number;
  /** ISO 8601; null when no attempt is waited for. */
  nextAttemptAt: string | null;
}

/** What the story is played with. */
export interface Stage {
  hub: HubClient;
  publishKey: string;
  receivers: Receivers;
  clock: Clock;
  signal: AbortSignal;
  progress: Progress;
  /** Says what happens now. */
  say(step: string): void;
  /** Between two events, so that a person can follow; in ms. */
  paceMs: number;
}

/** Between two looks at the deliveries, in ms. */
const POLL_MS = 100;

/** Publishes the whole catalog, waits for every delivery, replays the dead letter. @throws DemoFailure */
export async function play(stage: Stage): Promise<Evidence> {
  stage.say("two dealers sign up, name their auctions and subscribe");
  const first = await signUp(stage, acme);
  const second = await signUp(stage, best);
  const dealers = [first, second];

  const catalog = await readExamples(stage, first);
  stage.say(`publishing the ${catalog.length} examples of the catalog`);
  const events = await publishAll(stage, dealers, catalog);

  stage.say("delivering; two receivers refuse");
  const settled = await allSettled(stage, dealers);
  const buried = await readDeadLetters(stage, first, second);

  stage.say("the receiver accepts now: its dead letter is replayed");
  const { replayed, secondReplay } = await replay(stage, first, buried.dead);
  const deliveries = [...settled, replayed];
  return { catalogSize: catalog.length, events, dealers, deliveries, ...buried, replayed, secondReplay };
}

async function readDeadLetters({ hub }: Stage, owner: SignedInDealer, stranger: SignedInDealer) {
  const auth = owner.token;
  const list = "/deliveries/dlq?limit=200";
  const { entries: deadLetters } = await hub.call<{ entries: ShownDeadLetter[] }>("GET", list, { auth });
  const [dead] = deadLetters;
  if (dead === undefined) throw new DemoFailure("no delivery became a dead letter");
  const path = `/deliveries/${dead.deliveryId}`;
  const { attemptLog } = await hub.call<{ attemptLog: ShownAttempt[] }>("GET", path, { auth });
  const peek = await hub.statusOf("GET", path, { auth: stranger.token });
  return { dead, deadLetters, attemptLog, peek };
}

/** A dealer's way in: account, auctions, secret, subscriptions. @throws DemoFailure */
export async function signUp({ hub, receivers }: Stage, dealer: Dealer): Promise<SignedInDealer> {
  const { name, email, password, auctionIds, slug } = dealer;
  const account = { name, email, password };
  const { token } = await hub.call<{ token: string }>("POST", "/auth/signup", { body: account });
  await hub.call("PUT", "/customers/me/auction-ids", { auth: token, body: { auctionIds } });
  const { signingSecret } = await hub.call<{ signingSecret: string }>("GET", "/signing-secret", {
    auth: token,
  });
  receivers.trust(slug, signingSecret);
  for (const { eventType, receiver, path } of dealer.subscriptions) {
    const body = { eventType, webhookUrl: `${receivers.urlOf(receiver)}/${slug}/${path}` };
    await hub.call("PUT", `/subscriptions/${ENVIRONMENT}`, { auth: token, body });
  }
  return { ...dealer, token, signingSecret };
}

interface Example {
  eventType: string;
  example: Record<string, unknown>;
}

async function readExamples({ hub, progress }: Stage, { token }: SignedInDealer): Promise<Example[]> {
  const { eventTypes } = await hub.call<{ eventTypes: { eventType: string }[] }>("GET", "/event-catalog", {
    auth: token,
  });
  progress.events = eventTypes.length;
  return Promise.all(
    eventTypes.map(({ eventType }) =>
      hub.call<Example>("GET", `/event-catalog/${eventType}`, { auth: token }),
    ),
  );
}

async function publishAll(
  stage: Stage,
  dealers: SignedInDealer[],
  examples: Example[],
): Promise<PublishedEvent[]> {
  const { hub, publishKey, progress, paceMs } = stage;
  const events: PublishedEvent[] = [];
  for (const { eventType, example } of examples) {
    const payload = JSON.stringify(example);
    const answer = await hub.call<{ events: [Omit<PublishedEvent, "body" | "auctionIds">] }>(
      "POST",
      "/events",
      {
        auth: publishKey,
        body: `{"eventType":"${eventType}","environment":"${ENVIRONMENT}","payload":${payload}}`,
      },
    );
    const [event] = answer.events;
    events.push({ ...event, body: payload, auctionIds: auctionIdsOf(example) });
    progress.published++;
    progress.deliveries += event.deliveries;
    if (paceMs === 0) continue;
    await look(stage, dealers);
    await pause(stage, paceMs);
  }
  return events;
}

/** Of the payload itself, else of what is in its cart. */
function auctionIdsOf(example: Record<string, unknown>): string[] {
  const carried = Array.isArray(example["cart-items"]) ? example["cart-items"] : [];
  const ids = example["auction-id"] === undefined ? carried.map((item) => item?.["auction-id"]) : [];
  return [example["auction-id"], ...ids].filter((id) => id !== undefined).map(String);
}

async function allSettled(stage: Stage, dealers: SignedInDealer[]): Promise<ShownDelivery[]> {
  for (;;) {
    const all = await look(stage, dealers);
    if (!all.some(isOpen)) return all;
    await pause(stage, POLL_MS);
  }
}

/** All deliveries of both dealers as they stand now, counted for the screen. */
async function look(stage: Stage, dealers: SignedInDealer[]): Promise<ShownDelivery[]> {
  const all = (await Promise.all(dealers.map((dealer) => deliveriesOf(stage, dealer)))).flat();
  const { progress } = stage;
  progress.delivered = all.filter(({ status }) => status === "success").length;
  progress.dead = all.filter(({ status }) => status === "failed").length;
  const dues = all.filter(isOpen).flatMap(({ nextAttemptAt }) => nextAttemptAt ?? []);
  progress.nextAttemptAt = dues.sort()[0] ?? null;
  return all;
}

const isOpen = ({ status }: ShownDelivery) => status === "pending" || status === "retrying";

async function deliveriesOf({ hub }: Stage, { token }: SignedInDealer): Promise<ShownDelivery[]> {
  const all: ShownDelivery[] = [];
  let lastKey: string | null = null;
  do {
    const from: string = lastKey === null ? "" : `&lastKey=${encodeURIComponent(lastKey)}`;
    const page: { deliveries: ShownDelivery[]; nextKey: string | null } = await hub.call(
      "GET",
      `/deliveries?limit=200${from}`,
      { auth: token },
    );
    all.push(...page.deliveries);
    lastKey = page.nextKey;
  } while (lastKey !== null);
  return all;
}

async function replay(stage: Stage, dealer: SignedInDealer, dead: ShownDeadLetter) {
  const auth = dealer.token;
  stage.receivers.relent();
  const path = `/deliveries/dlq/${dead.deliveryId}/replay`;
  await stage.hub.call("POST", path, { auth });
  const secondReplay = await stage.hub.statusOf("POST", path, { auth });
  stage.progress.deliveries++;
  for (;;) {
    const all = await deliveriesOf(stage, dealer);
    const replayed = all.find(({ replayOf }) => replayOf === dead.deliveryId);
    if (replayed?.status === "success" || replayed?.status === "failed") {
      stage.progress[replayed.status === "success" ? "delivered" : "dead"]++;
      return { replayed, secondReplay };
    }
    await pause(stage, POLL_MS);
  }
}

/** Waits, unless the demo is to end. */
export async function pause({ clock, signal }: Stage, ms: number): Promise<void> {
  await clock.sleep(ms, signal);
  signal.throwIfAborted();
}
