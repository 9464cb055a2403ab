import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ShownConnector } from "../../src/intake/shown-connector.ts";
import { realSeams } from "../../src/seams.ts";
import { type PrivateAutoSimulator, startPrivateAuto } from "../../src/simulators/privateauto/privateauto.ts";
import { settingsFor, VIN } from "../connectors/privateauto/given.ts";
import { newsAt, toyBody } from "../support/connector-hub.ts";
import { type HubProcess, startHubProcess, TOY_HUB } from "../support/hub-process.ts";
import { startReceiver } from "../support/receiver.ts";
import { startToyUpstream } from "../support/toy-upstream.ts";

let dataDir = "";
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "lanehook-test-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** The hub is killed at this look-up of those under way: so long after its answer went out, ms; null: before that. */
const moments = [
  { lookUp: 1, afterMs: null },
  { lookUp: 4, afterMs: null },
  { lookUp: 3, afterMs: 0 },
  { lookUp: 3, afterMs: 1 },
  { lookUp: 5, afterMs: 3 },
];

const WEBHOOKS = 6;

test("after kill -9 between a webhook and what it left to be done, all of that is done, and once in effect", async () => {
  await using upstream = startToyUpstream();
  await using receiver = startReceiver();
  const start = () => startHubProcess({ DATA_DIR: dataDir }, TOY_HUB);
  const settings = { errands: true, webhookKey: "hook" };
  const toy = toyBody(upstream, { settings, schedule: "0 0 1 1 *" });
  let at: Connected | null = null;
  const lost: string[] = [];
  for (const [round, { lookUp, afterMs }] of moments.entries()) {
    await using hub = await start();
    at ??= await connect(hub, toy, receiver.url);
    const ids = Array.from({ length: WEBHOOKS }, (_, n) => `${round}-${n}`);
    for (const id of ids) upstream.touch(id);
    let lookUps = 0;
    upstream.trouble((_, { pathname }) => {
      if (!pathname.startsWith("/items/")) return null;
      lookUps += 1;
      if (afterMs !== null && lookUps === lookUp) setTimeout(() => hub.kill("SIGKILL"), afterMs);
      if (lookUps < lookUp || afterMs !== null) return null;
      hub.kill("SIGKILL");
      return new Promise(() => {});
    });
    for (const id of ids) if (!(await send(hub, at, id))) lost.push(id);
    await hub.exited;
  }
  const asked = upstream.asked.length;

  upstream.trouble(null);
  await using hub = await start();
  if (at === null) throw new Error("no hub was started");
  for (const id of lost) expect(await send(hub, at, id)).toBe(true); // as upstreams do what was not answered
  await untilNothingWaits(hub, at);
  const ids = upstream.items.map(({ id }) => id);
  expect(ids).toHaveLength(moments.length * WEBHOOKS);
  const { deliveries } = await hub.call("GET", "/deliveries?limit=200", { auth: at.token });
  const told = deliveries.map(({ eventType, payload }: { eventType: string; payload: string }) => {
    return `${eventType.split(".").at(-1)} ${JSON.parse(payload).id}`;
  });
  expect(told.toSorted()).toEqual(ids.flatMap((id) => [`created ${id}`, `looked-up ${id}`]).toSorted());
  while (new Set(newsAt(receiver)).size < told.length) await receiver.got(receiver.received.length + 1);
  const eventIds = new Set(receiver.received.map(({ headers }) => headers["webhook-id"]));
  expect(eventIds.size).toBe(told.length);
  expect(upstream.asked.length).toBeGreaterThan(asked); // there was something left to do
}, 60_000);

test("a document that kill -9 left half fetched is fetched again, and kept once", async () => {
  const simulator = startPrivateAuto({ seams: realSeams() });
  try {
    await using files = startHaltingFiles(simulator);
    await using receiver = startReceiver();
    await using killed = await startHubProcess({ DATA_DIR: dataDir });
    const settings = { ...settingsFor(simulator), archiveDocuments: true };
    const body = { kind: "privateauto", environment: "sandbox", schedule: "0 0 1 1 *", settings };
    const at = await connect(killed, body, receiver.url);
    simulator.deliveries.endpoint.url = `${killed.origin}/api/inbound/${at.connectorId}`;
    const deal = simulator.world.sell({ vin: VIN });
    simulator.world.accept(deal);
    simulator.world.sign(deal, "poa");
    await files.halfWay;
    await simulator.deliveries.idle(); // all webhooks are answered
    while (halfWritten().length === 0) await Bun.sleep(1);
    killed.kill("SIGKILL");
    await killed.exited;
    files.goOn();

    await using again = await startHubProcess({ DATA_DIR: dataDir });
    await untilNothingWaits(again, at);
    const { documents } = await again.call("GET", "/documents", { auth: at.token });
    expect(documents).toMatchObject([{ dealId: deal.id, classification: "poa", name: "poa.pdf" }]);
    const [{ id, size }] = documents;
    const headers = { authorization: `Bearer ${at.token}` };
    const content = await fetch(`${again.origin}/api/documents/${id}/content`, { headers });
    const text = await content.text();
    expect(text).toContain(`poa of ${deal.id}`);
    expect(text).toHaveLength(size);
    expect(halfWritten()).toEqual([]);
  } finally {
    await simulator.stop();
  }
}, 60_000);

interface Connected {
  token: string;
  connectorId: string;
}

/** A customer that hears of everything, with a connector of this form. */
async function connect(hub: HubProcess, body: object, webhookUrl: string): Promise<Connected> {
  const account = { email: "dealer@example.com", name: "Acme Auto", password: "correct horse battery" };
  const { token } = await hub.call("POST", "/auth/signup", { body: account });
  const subscription = { eventType: "*", webhookUrl };
  await hub.call("PUT", "/subscriptions/sandbox", { auth: token, body: subscription });
  const { connectorId } = await hub.call("PUT", "/connectors/mine", { auth: token, body });
  return { token, connectorId };
}

/** Sends the webhook of a new item; false where no answer came. */
async function send(hub: HubProcess, { connectorId }: Connected, id: string): Promise<boolean> {
  const url = `${hub.origin}/api/inbound/${connectorId}`;
  const headers = { "content-type": "application/json", "x-toy-key": "hook" };
  const body = JSON.stringify({ id, version: 1 });
  const answer = await fetch(url, { method: "POST", headers, body }).catch(() => null);
  if (answer !== null) expect(answer.status).toBe(204);
  return answer !== null;
}

async function untilNothingWaits(hub: HubProcess, { token }: Connected): Promise<void> {
  for (;;) {
    const { errands }: ShownConnector = await hub.call("GET", "/connectors/mine", { auth: token });
    expect(errands.givenUp).toBe(0);
    if (errands.waiting === 0) return;
    await Bun.sleep(10);
  }
}

/** The simulator's files from a server that halts in the midst of each until it is told to go on. */
function startHaltingFiles({ bucket }: PrivateAutoSimulator) {
  const halfWay = Promise.withResolvers<void>();
  let isHalting = true;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      const whole = bucket.answer(pathname.replace("/files/", ""), searchParams, Date.now());
      if (!isHalting) return whole;
      const content = await whole.bytes();
      const half = new ReadableStream({
        start(stream) {
          stream.enqueue(content.subarray(0, content.length / 2));
          halfWay.resolve();
        },
      });
      return new Response(half, { headers: whole.headers });
    },
  });
  bucket.url = `http://127.0.0.1:${server.port}`;
  return {
    halfWay: halfWay.promise,
    goOn: () => {
      isHalting = false;
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

/** Files on their way into the data folder. */
function halfWritten(): string[] {
  const folder = join(dataDir, "documents", "incoming");
  return existsSync(folder) ? readdirSync(folder) : [];
}
