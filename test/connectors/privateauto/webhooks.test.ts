import { expect, test } from "bun:test";
import { privateAutoSettings } from "../../../src/connectors/privateauto/settings.ts";
import { receiveWebhook, webhookSignature } from "../../../src/connectors/privateauto/webhooks.ts";
import { problemIn } from "../../support/problem.ts";
import { givenDeals, HOUR, MINUTE, VIN, webhookOf } from "./given.ts";

const DAY = 24 * HOUR;

/** The vector of UPSTREAMS 3. */
const VECTOR = {
  secret: "whsec_test",
  timestamp: "2026-04-21T14:00:00.000Z",
  body: '{"id":"64a1f2e3b5c8d90012345678","eventId":"a2f1"}',
  signature: "3e25cf4ce85d15f3c164f7ad24a29691d51740e931e8e267a3f554486172e206",
};

const settingsWith = (more: object) =>
  privateAutoSettings.parse({
    partnerId: "p",
    sharedSecret: "c2VjcmV0",
    webhookSecrets: [VECTOR.secret],
    ...more,
  });

/** The vector as a webhook, with some headers or another body. */
function judge(
  { headers = {}, body = VECTOR.body, settings = {} }: Given = {},
  now = Date.parse(VECTOR.timestamp),
) {
  const given = {
    "x-pa-event": "deal.created",
    "x-pa-event-id": "a2f1",
    "x-pa-timestamp": VECTOR.timestamp,
    "x-pa-signature": `sha256=${VECTOR.signature}`,
    ...headers,
  };
  const present = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const request = { headers: new Headers(present), body: new TextEncoder().encode(body) };
  const judged = receiveWebhook(request, settingsWith(settings), now);
  if (judged.ok) return judged.step.drafts.map(({ eventType }) => eventType).join();
  return `${judged.status} ${judged.reason}`;
}

interface Given {
  headers?: Record<string, string | undefined>;
  body?: string;
  settings?: object;
}

test("the known vector is what the upstream signs, and is taken", () => {
  const { secret, timestamp, body, signature } = VECTOR;
  expect(webhookSignature(secret, timestamp, body)).toBe(`sha256=${signature}`);
  expect(judge()).toBe("privateauto.deal.created");
});

test("any of the secrets will do, and no other", () => {
  for (const webhookSecrets of [
    ["other", VECTOR.secret],
    [VECTOR.secret, "other"],
    ["a", "b", "c", "d", VECTOR.secret],
  ])
    expect(judge({ settings: { webhookSecrets } })).toBe("privateauto.deal.created");
  expect(judge({ settings: { webhookSecrets: ["other", "another"] } })).toBe("401 bad signature");
  expect(judge({ settings: { webhookSecrets: [] } })).toBe("401 no webhook secret is set");
});

test("what is signed differently is not believed", () => {
  const { signature } = VECTOR;
  const wrong: Given[] = [
    { headers: { "x-pa-signature": signature } },
    { headers: { "x-pa-signature": `sha256=${signature.toUpperCase()}` } },
    { headers: { "x-pa-signature": `sha256=${signature}00` } },
    { headers: { "x-pa-signature": `sha256=${signature.slice(2)}` } },
    { headers: { "x-pa-signature": "" } },
    { headers: { "x-pa-signature": "é" } },
    { headers: { "x-pa-timestamp": "2026-04-21T14:00:00.001Z" } },
    { body: `${VECTOR.body} ` },
  ];
  for (const each of wrong) expect(judge(each)).toBe("401 bad signature");
  for (const name of ["x-pa-signature", "x-pa-timestamp"]) {
    const missing = "401 X-PA-Timestamp or X-PA-Signature is missing";
    expect(judge({ headers: { [name]: undefined } })).toBe(missing);
  }
});

test("any age is taken, unless the settings say otherwise", () => {
  const at = Date.parse(VECTOR.timestamp);
  expect(judge({}, at + 400 * DAY)).toBe("privateauto.deal.created");
  const settings = { maxAgeHours: 1.5 };
  expect(judge({ settings }, at + 1.5 * HOUR)).toBe("privateauto.deal.created");
  expect(judge({ settings }, at + 1.5 * HOUR + 1)).toBe("401 stale");
});

test("what is signed but cannot be read is refused as unreadable", () => {
  const signed = (body: string, headers: Given["headers"] = {}): Given => ({
    body,
    headers: { "x-pa-signature": webhookSignature(VECTOR.secret, VECTOR.timestamp, body), ...headers },
  });
  for (const body of ["", "[]", "null", "{", '"a2f1"', "[".repeat(500_000)]) {
    expect(judge(signed(body))).toBe("400 the body is no JSON object");
  }
  for (const body of ["{}", '{"eventId":7}', '{"eventId":""}', '{"eventId":null}']) {
    expect(judge(signed(body))).toBe("400 the body has no eventId");
  }
  const differs = "400 X-PA-Event-Id and the body's eventId are not the same";
  expect(judge({ headers: { "x-pa-event-id": "a2f2" } })).toBe(differs);
  expect(judge({ headers: { "x-pa-event-id": undefined } })).toBe(differs);
  expect(judge({ headers: { "x-pa-event": undefined } })).toBe("400 X-PA-Event is missing");
});

test("refusals are answered by their kind, counted and told, without a word of what came", async () => {
  await using hub = await givenDeals({ isConnected: false });
  hub.deliveries.isHeld = true;
  const webhook = hub.deliveries.emit("deal.created", { id: "1", secretive: "hush" });
  hub.deliveries.endpoint.url = hub.inboundUrl;
  expect(await hub.deliveries.send(webhook, { secret: "wrong" })).toBe(401);
  expect(await hub.deliveries.send(webhook, { eventId: "other" })).toBe(400);
  const bare = await hub.post(webhook.body, {});
  expect(problemIn(bare)).toBe("401 unverified_webhook");
  expect(bare.text).not.toMatch(/hush|Timestamp/);
  await hub.settle();
  const { webhooks } = await hub.connector();
  expect(webhooks).toMatchObject({ received: 0, refused: 3 });
  expect(webhooks.lastRefusal).toMatchObject({ reason: "X-PA-Timestamp or X-PA-Signature is missing" });
  const unknown = await fetch(hub.inboundUrl.replace(/.$/, "x"), { method: "POST", body: webhook.body });
  expect(unknown.status).toBe(404);
  expect(await hub.deliveries.send(webhook)).toBe(204);
  await hub.settle();
  expect(hub.told()).toEqual(["deal.created"]);
});

test("a webhook is an event once, however often and however late it comes", async () => {
  await using hub = await givenDeals({ settings: { enrich: false }, env: { DEDUPE_DAYS: "1" } });
  const webhook = hub.deliveries.emit("deal.created", { id: "1" });
  await hub.settle();
  for (const wait of [0, MINUTE, HOUR, 3 * DAY]) {
    await hub.app.advance(wait);
    expect(await hub.deliveries.send(webhook)).toBe(204);
  }
  await hub.poll();
  await hub.settle();
  expect(hub.told()).toEqual(["deal.created"]);
});

test("webhooks are taken while the upstream's own API is down", async () => {
  await using hub = await givenDeals();
  hub.simulator.fail("serverError", { times: 1000 });
  hub.world.sell({ vin: VIN });
  await hub.settle();
  expect(hub.told()).toEqual(["listing.created", "offer.created"]);
  hub.simulator.recover();
  await hub.advance(HOUR);
  expect(hub.told().toSorted()).toEqual([
    "listing.created",
    "listing.snapshot",
    "offer.created",
    "offer.snapshot",
  ]);
});

test("a paused connector has them sent again", async () => {
  await using hub = await givenDeals({ settings: { enrich: false } });
  const set = (status: string) =>
    hub.app.call("PATCH", "/connectors/deals/status", { auth: hub.token, body: { status } });
  await set("paused");
  hub.deliveries.emit("deal.created", { id: "1" });
  await hub.settle();
  expect(hub.deliveries.log).toMatchObject([{ status: "failed", statusCode: 503 }]);
  await set("active");
  await hub.advance(2 * MINUTE);
  expect(hub.told()).toEqual(["deal.created"]);
  expect(hub.deliveries.log).toMatchObject([{ status: "delivered" }]);
});

test("a body of more than 1 MiB is not read", async () => {
  await using hub = await givenDeals();
  hub.deliveries.isHeld = true;
  const large = hub.deliveries.emit("deal.created", { id: "1", text: "x".repeat(1024 * 1024) });
  expect(await hub.deliveries.send(large)).toBe(413);
  const fits = hub.deliveries.emit("deal.created", { id: "1", text: "x".repeat(1024 * 1024 - 500) });
  expect(await hub.deliveries.send(fits)).toBe(204);
});

test("secrets are kept but never shown, and can be changed one at a time", async () => {
  await using hub = await givenDeals({ settings: { enrich: false } });
  const shown = await hub.put({ webhookSecrets: ["whsec_new", hub.simulator.webhookSecret] });
  expect(shown.secrets.toSorted()).toEqual(["sharedSecret", "webhookSecrets"]);
  const text = JSON.stringify(shown);
  for (const secret of ["whsec_new", hub.simulator.webhookSecret, hub.simulator.sharedSecret]) {
    expect(text).not.toContain(secret);
  }
  hub.deliveries.emit("deal.created", { id: "1" });
  await hub.settle();
  expect(await hub.deliveries.send(webhookOf(hub.deliveries, "deal.created"), { secret: "whsec_new" })).toBe(
    204,
  );
});
