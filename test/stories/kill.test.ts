import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HubProcess, spawnLanehook, startHubProcess } from "../support/hub-process.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";

const SOLD = "ae.asset.deal.sold.ams";
const PUBLISH_KEY = "test-publish-key-0123456789";
const EVENTS = 500;

let dataDir = "";
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "lanehook-test-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const start = () => startHubProcess({ DATA_DIR: dataDir, PUBLISH_KEY });

test("after kill -9 while delivering, every accepted event arrives", async () => {
  await using receiver = startReceiver();
  await using killed = await start();
  const token = await givenSubscriber(killed, receiver);
  const halfWay = receiver.got(EVENTS / 2).then(() => killed.kill("SIGKILL"));
  const answers = await publishAll(killed);
  await halfWay;
  await killed.exited;
  const accepted = new Map(answers.flat());
  expect(accepted.size).toBeGreaterThan(EVENTS / 4);
  const atTheKill = eventIdsAt(receiver);
  expect(atTheKill.size).toBeLessThan(EVENTS);

  await using again = await start();
  const all = new Map((await publishAll(again)).flat());
  expect(all.size).toBe(EVENTS);
  for (const [id, eventId] of accepted) expect(all.get(id)).toBe(eventId); // the first result, never another event
  await arrived(receiver, new Set(all.values()));
  again.kill("SIGTERM");
  expect(await again.exited).toBe(0);

  await using last = await start();
  const deliveries = [];
  for (let key = ""; key !== null; ) {
    const query = `?limit=200${key && `&lastKey=${key}`}`;
    const page = await last.call("GET", `/deliveries${query}`, { auth: token });
    deliveries.push(...page.deliveries);
    key = page.nextKey;
  }
  expect(deliveries).toHaveLength(EVENTS); // one delivery each, though some were sent twice
  expect(new Set(deliveries.map(({ status }) => status))).toEqual(new Set(["success"]));
  expect(eventIdsAt(receiver)).toEqual(new Set(all.values()));
}, 60_000);

test("deliveries accepted but not yet tried survive kill -9 without being sent in again", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using receiver = startReceiver(() => promise.then(() => new Response("OK")));
  await using killed = await start();
  await givenSubscriber(killed, receiver);
  const accepted = new Map((await publishAll(killed)).flat());
  expect(accepted.size).toBe(EVENTS);
  await receiver.got(1);
  killed.kill("SIGKILL");
  await killed.exited;
  expect(receiver.received.length).toBeLessThan(EVENTS / 2);
  resolve();
  await using again = await start();
  await arrived(receiver, new Set(accepted.values()));
  again.kill("SIGTERM");
  expect(await again.exited).toBe(0);
}, 60_000);

test("kill -9 in the middle of a replay of all replays no dead letter twice and forgets none", async () => {
  await using receiver = startReceiver(500);
  await using killed = await startHubProcess({ DATA_DIR: dataDir, PUBLISH_KEY, RETRY_DELAYS: "0" });
  const token = await givenSubscriber(killed, receiver);
  const letters = 3000;
  const events = Array.from({ length: letters }, (_, n) => event(n));
  await killed.call("POST", "/events", { auth: PUBLISH_KEY, body: events });
  await receiver.got(letters);
  receiver.answer(200);
  while (countIn("deliveries WHERE status = 'failed'") < letters) await Bun.sleep(20);
  const replaying = killed.call("POST", "/deliveries/dlq/replay", { auth: token }).catch(() => "cut off");
  while (countIn("deliveries WHERE replayed_at IS NOT NULL") < letters / 4) await Bun.sleep(1);
  killed.kill("SIGKILL");
  expect(await replaying).toBe("cut off");

  await using again = await start();
  const { queued, failed } = await again.call("POST", "/deliveries/dlq/replay", { auth: token });
  expect(queued).toBeGreaterThan(0);
  expect(queued).toBeLessThanOrEqual((letters * 3) / 4);
  expect(failed).toBe(0);
  while (countIn("deliveries WHERE status = 'pending'") > 0) await Bun.sleep(20);
  expect(countIn("deliveries WHERE status = 'success'")).toBe(letters);
  expect(countIn("(SELECT DISTINCT replay_of FROM deliveries WHERE replay_of IS NOT NULL)")).toBe(letters);
  expect(countIn("deliveries WHERE status = 'failed' AND replayed_at IS NULL")).toBe(0);
}, 60_000);

test("SIGTERM lets the attempt under way end, and exits 0", async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  await using receiver = startReceiver(() => promise);
  await using hub = await start();
  const token = await givenSubscriber(hub, receiver);
  await hub.call("POST", "/events", { auth: PUBLISH_KEY, body: event(1) });
  await receiver.got(1);
  hub.kill("SIGTERM");
  expect(await hub.told("hub.stopping")).toMatchObject({ signal: "SIGTERM" });
  resolve(new Response("just in time"));
  expect(await hub.exited).toBe(0);

  await using again = await start();
  const { deliveries } = await again.call("GET", "/deliveries", { auth: token });
  expect(deliveries).toMatchObject([{ status: "success", attempts: 1, responseBody: "just in time" }]);
  again.kill("SIGINT");
  expect(await again.exited).toBe(0);
  expect(receiver.received).toHaveLength(1);
});

test("a second process on the same folder exits 2 with a sentence, and the first goes on", async () => {
  await using hub = await start();
  const second = spawnLanehook(["serve"], { DATA_DIR: dataDir, PUBLISH_KEY });
  const said = await new Response(second.stderr).text();
  expect([await second.exited, said]).toEqual([2, expect.stringMatching(/^lanehook: .*\n$/)]);
  expect(said).toContain(dataDir);
  expect(await hub.call("GET", "/health")).toEqual({ status: "ok" });
});

test("a wrong setting exits 2 and names the variable", async () => {
  const wrong = spawnLanehook(["serve"], { DATA_DIR: dataDir, RETRY_DELAYS: "soon" });
  const said = await new Response(wrong.stderr).text();
  expect([await wrong.exited, said]).toEqual([2, expect.stringContaining("RETRY_DELAYS")]);
});

const event = (n: number) => ({
  eventType: SOLD,
  environment: "sandbox",
  id: `sale-${n}`,
  payload: { "auction-id": "daanw", n },
});

async function givenSubscriber(hub: HubProcess, { url }: Receiver): Promise<string> {
  const account = { email: "dealer@example.com", name: "Acme Auto", password: "correct horse battery" };
  const { token } = await hub.call("POST", "/auth/signup", { body: account });
  await hub.call("PUT", "/customers/me/auction-ids", { auth: token, body: { auctionIds: ["daanw"] } });
  const subscription = { eventType: SOLD, webhookUrl: url };
  await hub.call("PUT", "/subscriptions/sandbox", { auth: token, body: subscription });
  return token;
}

/**
 * Publishes all events, half of them in arrays of ten, eight requests at a time. Gives for each request the pairs
 * of its keys and event ids, and nothing for one whose answer never came.
 */
async function publishAll(hub: HubProcess): Promise<[id: string, eventId: string][][]> {
  const events = Array.from({ length: EVENTS }, (_, n) => event(n));
  const singles = events.slice(0, EVENTS / 2).map((each) => [each]);
  const arrays = Array.from({ length: EVENTS / 20 }, (_, n) =>
    events.slice(EVENTS / 2 + 10 * n, EVENTS / 2 + 10 * (n + 1)),
  );
  const requests = arrays.flatMap((array, n) => [array, ...singles.slice(10 * n, 10 * (n + 1))]);
  const answers: [string, string][][] = [];
  const publishNext = async (): Promise<void> => {
    const batch = requests.pop();
    if (batch === undefined) return;
    const body = batch.length === 1 ? batch[0] : batch;
    const answer = await hub.call("POST", "/events", { auth: PUBLISH_KEY, body }).catch(() => null);
    if (answer !== null) {
      answers.push(batch.map(({ id }, at) => [id, answer.events[at].eventId]));
    }
    return publishNext();
  };
  await Promise.all(Array.from({ length: 8 }, publishNext));
  return answers;
}

const eventIdsAt = ({ received }: Receiver) =>
  new Set(received.map(({ headers }) => headers["webhook-id"] ?? ""));

/** Rows in the hub's own file. */
function countIn(what: string): number {
  using sqlite = new Database(join(dataDir, "lanehook.db"), { readonly: true });
  return sqlite.query<{ n: number }, []>(`SELECT count(*) AS n FROM ${what}`).get()?.n ?? 0;
}

/** Resolves once each of these events has come at least once. */
async function arrived(receiver: Receiver, eventIds: ReadonlySet<string>): Promise<void> {
  while (!eventIds.isSubsetOf(eventIdsAt(receiver))) await receiver.got(receiver.received.length + 1);
}
