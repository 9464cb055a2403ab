import { expect, test } from "bun:test";
import { realSeams } from "../../src/seams.ts";
import { type Answer, startReceiver } from "../support/receiver.ts";
import { PUBLISH_KEY, startTestApp, type TestApp } from "../support/test-app.ts";

const SOLD = "ae.asset.deal.sold.ams";

/** A webhook to a healthy receiver comes within this, ms, whatever its neighbours do: far less than a timeout. */
const SOON_MS = 1500;

const never = () => new Promise<Response>(() => {});

/** A body of single bytes, with no end. */
function drips() {
  let timer: ReturnType<typeof setInterval>;
  return new Response(
    new ReadableStream({
      start(stream) {
        timer = setInterval(() => stream.enqueue(Buffer.from(".")), 100);
      },
      cancel: () => clearInterval(timer),
    }),
  );
}

/** 50 MB, for whoever reads on. */
function huge() {
  let left = 800;
  return new Response(
    new ReadableStream({
      pull(stream) {
        if (left-- > 0) stream.enqueue(new Uint8Array(64 * 1024));
        else stream.close();
      },
    }),
  );
}

/** A customer of its own with one subscription; its auction id is its name. */
async function givenNeighbour(app: TestApp, name: string, url: string) {
  const { token } = await app.givenCustomer({ auctionIds: [name] });
  await app.givenSubscription(token, { url });
  return token;
}

const eventsFor = (auctionId: string, count: number) =>
  JSON.stringify(
    Array.from({ length: count }, () => ({
      eventType: SOLD,
      environment: "sandbox",
      payload: { "auction-id": auctionId, sentAt: performance.now() },
    })),
  );

/** How long the webhooks to a receiver took from before they were published, ms. */
const waitsIn = (bodies: { body: string; at: number }[]) =>
  bodies.map(({ body, at }) => at - JSON.parse(body).sentAt);

test("receivers that refuse, hang, drip and overflow hold up nobody", async () => {
  const { clock } = realSeams();
  await using app = await startTestApp({ seams: { clock }, env: { DELIVERY_TIMEOUT: "6" } });
  const came: { body: string; at: number }[] = [];
  await using healthy = startReceiver(async () => {
    came.push({ body: healthy.received.at(-1)?.body ?? "", at: performance.now() });
    return new Response("OK");
  });
  const bad: Answer[] = [500, never, drips, huge];
  const receivers = bad.map((answer) => startReceiver(answer));
  try {
    await givenNeighbour(app, "healthy", healthy.url);
    for (const [n, { url }] of receivers.entries()) await givenNeighbour(app, `bad${n}`, url);
    await givenNeighbour(app, "nobody", "http://127.0.0.1:9/");
    for (const name of [...receivers.map((_, n) => `bad${n}`), "nobody"]) {
      await app.publish(eventsFor(name, 60));
    }
    for (let n = 0; n < 30; n++) {
      await app.publish(eventsFor("healthy", 3));
      await clock.sleep(30);
    }
    await healthy.got(90);
    expect(Math.max(...waitsIn(came))).toBeLessThan(SOON_MS);
  } finally {
    for (const receiver of receivers) await receiver[Symbol.asyncDispose]();
  }
}, 30_000);

test("one customer's backlog does not delay another's single event", async () => {
  const { clock } = realSeams();
  await using app = await startTestApp({ seams: { clock } });
  await using busy = startReceiver();
  const came: { body: string; at: number }[] = [];
  await using other = startReceiver(() => {
    came.push({ body: other.received.at(-1)?.body ?? "", at: performance.now() });
    return new Response("OK");
  });
  const token = await givenNeighbour(app, "busy", busy.url);
  await givenNeighbour(app, "other", other.url);
  const setStatus = (status: string) =>
    app.call("PATCH", `/subscriptions/sandbox/${SOLD}/status`, { auth: token, body: { status } });
  const count = 6000;
  await app.call("POST", "/events", { auth: PUBLISH_KEY, body: eventsFor("busy", count) });
  await busy.got(100); // it is under way
  for (let n = 0; n < 10; n++) await app.publish(eventsFor("other", 1));
  await other.got(10);
  expect(busy.received.length).toBeLessThan(count);
  expect(Math.max(...waitsIn(came))).toBeLessThan(SOON_MS);
  await setStatus("paused");
}, 30_000);

test("however many receivers hang, one that is new or was healthy is called at once, also after a restart", async () => {
  const env = { DELIVERY_CONCURRENCY: "16" };
  const first = await startTestApp({ env });
  await using hanging = startReceiver(never);
  await using healthy = startReceiver();
  for (let n = 0; n < 40; n++) await givenNeighbour(first, `hangs${n}`, hanging.url);
  await givenNeighbour(first, "healthy", healthy.url);
  await first.publish(eventsFor("healthy", 1));
  await healthy.got(1);
  for (let n = 0; n < 40; n++) await first.publish(eventsFor(`hangs${n}`, 5));
  for (let round = 0; round < 12; round++) await timeOut(first, hanging);

  const late = await startReceiver();
  await givenNeighbour(first, "new", late.url);
  await first.publish(eventsFor("new", 1));
  await late.got(1);
  await late[Symbol.asyncDispose]();
  await stopAmongHanging(first);

  await using again = await startTestApp({ dataDir: first.dataDir, clock: first.clock, env });
  first.clock.advance(30_000); // all that hang are due
  await hanging.got(hanging.received.length + 1);
  await again.publish(eventsFor("healthy", 1));
  await healthy.got(2);
  await stopAmongHanging(again);
});

/** Attempts under way must time out before a hub is down. */
async function stopAmongHanging(app: TestApp) {
  let isDown = false;
  const stopping = app.stop().then(() => {
    isDown = true;
  });
  while (!isDown) {
    app.clock.advance(10_000);
    await realSeams().clock.sleep(10);
  }
  await stopping;
}

/** Lets the attempts under way come to their end, and the next begin. */
async function timeOut(app: TestApp, receiver: { received: unknown[] }) {
  const before = receiver.received.length;
  app.clock.advance(10_000);
  while (receiver.received.length === before) await realSeams().clock.sleep(5);
}
