import { expect, test } from "bun:test";
import { openTestCustomers, problemOf, type TestCustomers } from "./test-customers.ts";

const SOLD = "ae.asset.deal.sold.ams";
const URL_A = "https://example.com/a";
const URL_B = "https://example.com/b";
const sandboxSold = { environment: "sandbox", eventType: SOLD } as const;
const productionSold = { environment: "production", eventType: SOLD } as const;

/** A customer who has an auction id, so that nothing is warned of. */
async function givenDealer(hub: TestCustomers, email?: string) {
  const customer = await hub.givenCustomer(email);
  await hub.auctionIds.assign(customer.id, ["daanw"]);
  hub.store.sqlite.run("DELETE FROM changes");
  hub.told.length = 0;
  return customer;
}

test("a new subscription is active and shown as the API has it", async () => {
  using hub = openTestCustomers();
  const customer = await givenDealer(hub);
  const put = await hub.subscriptions.put(customer, { ...sandboxSold, webhookUrl: URL_A });
  expect(put).toEqual({
    customerId: customer.publicId,
    sk: `sandbox#${SOLD}`,
    environment: "sandbox",
    eventType: SOLD,
    webhookUrl: URL_A,
    status: "active",
    createdAt: "2025-01-01T00:00:00.000Z",
    updatedAt: "2025-01-01T00:00:00.000Z",
    recovery: "manual",
    health: "ok",
    failingSince: null,
    lastSuccessAt: null,
    consecutiveFailures: 0,
  });
  expect(hub.subscriptions.list(customer, "sandbox")).toEqual([put]);
  expect(hub.subscriptions.list(customer, "production")).toEqual([]);
  expect(hub.told).toEqual([`changed ${customer.id}`, `committed ${customer.id}`]);
});

test("a put on an existing one keeps its creation, its status and what is left out", async () => {
  using hub = openTestCustomers();
  const customer = await givenDealer(hub);
  await hub.subscriptions.put(customer, { ...sandboxSold, webhookUrl: URL_A });
  await hub.subscriptions.setStatus(customer, sandboxSold, "paused");
  hub.clock.advance(1000);
  const kept = await hub.subscriptions.put(customer, sandboxSold);
  expect(kept).toMatchObject({
    webhookUrl: URL_A,
    status: "paused",
    createdAt: "2025-01-01T00:00:00.000Z",
    updatedAt: "2025-01-01T00:00:01.000Z",
  });
  const moved = await hub.subscriptions.put(customer, { ...sandboxSold, webhookUrl: URL_B });
  expect(moved).toMatchObject({ webhookUrl: URL_B, status: "paused", createdAt: kept.createdAt });
});

test("deleting ends what is pending within the transaction; a later put begins anew on the same row", async () => {
  using hub = openTestCustomers();
  const customer = await givenDealer(hub);
  await hub.subscriptions.put(customer, { ...sandboxSold, webhookUrl: URL_A });
  await hub.subscriptions.setStatus(customer, sandboxSold, "paused");
  const id = hub.subscriptions.find(customer.id, sandboxSold)?.id;
  hub.told.length = 0;
  await hub.subscriptions.remove(customer, sandboxSold);
  expect(hub.told).toEqual([`deleted ${id}`, `changed ${customer.id}`, `committed ${customer.id}`]);
  expect(hub.subscriptions.list(customer, "sandbox")).toEqual([]);
  expect(hub.subscriptions.find(customer.id, sandboxSold)).toBeNull();
  for (const failing of [
    hub.subscriptions.remove(customer, sandboxSold),
    hub.subscriptions.setStatus(customer, sandboxSold, "active"),
  ]) {
    expect((await problemOf(failing)).code).toBe("subscription_not_found");
  }
  const bare = await problemOf(hub.subscriptions.put(customer, sandboxSold));
  expect(bare).toMatchObject({ code: "invalid_input", details: { errors: [{ path: "webhookUrl" }] } });

  hub.clock.advance(1000);
  const revived = await hub.subscriptions.put(customer, { ...sandboxSold, webhookUrl: URL_B });
  expect(revived).toMatchObject({ status: "active", createdAt: "2025-01-01T00:00:01.000Z" });
  expect(hub.subscriptions.find(customer.id, sandboxSold)?.id).toBe(id as number);
});

test("every change is kept as a row, and what changes nothing is not", async () => {
  using hub = openTestCustomers();
  const customer = await givenDealer(hub);
  await hub.subscriptions.put(customer, { ...sandboxSold, webhookUrl: URL_A });
  await hub.subscriptions.put(customer, { ...sandboxSold, webhookUrl: URL_A });
  await hub.subscriptions.setStatus(customer, sandboxSold, "active");
  await hub.subscriptions.setStatus(customer, sandboxSold, "paused");
  await hub.subscriptions.remove(customer, sandboxSold);
  const active = JSON.stringify({ webhookUrl: URL_A, status: "active", recovery: "manual" });
  const paused = JSON.stringify({ webhookUrl: URL_A, status: "paused", recovery: "manual" });
  const common = { customer_id: customer.id, actor: "customer", subject: "subscription" };
  expect(hub.changeRows()).toMatchObject([
    { ...common, subject_key: `sandbox#${SOLD}`, before: null, after: active },
    { ...common, before: active, after: paused },
    { ...common, before: paused, after: null },
  ]);
});

test("promote copies what is active, updates what is there and revives what was deleted", async () => {
  using hub = openTestCustomers();
  const customer = await givenDealer(hub);
  const put = (environment: "sandbox" | "production", eventType: string, webhookUrl: string) =>
    hub.subscriptions.put(customer, { environment, eventType, webhookUrl });
  for (const eventType of [SOLD, "ae.asset.upserted.ams", "ae.asset.*", "*"])
    await put("sandbox", eventType, URL_A);
  await hub.subscriptions.setStatus(customer, { environment: "sandbox", eventType: "*" }, "paused");
  await put("production", SOLD, URL_B);
  await hub.subscriptions.setStatus(customer, productionSold, "paused");
  await put("production", "ae.asset.*", URL_B);
  await hub.subscriptions.remove(customer, { environment: "production", eventType: "ae.asset.*" });
  await put("production", "ae.account.*", URL_B);
  hub.clock.advance(1000);

  const { promoted, count } = await hub.subscriptions.promote(customer);
  const [start, later] = ["2025-01-01T00:00:00.000Z", "2025-01-01T00:00:01.000Z"];
  const common = { environment: "production", webhookUrl: URL_A, status: "active", updatedAt: later };
  expect(count).toBe(3);
  expect(promoted).toMatchObject([
    { ...common, sk: `production#${SOLD}`, createdAt: start },
    { ...common, eventType: "ae.asset.upserted.ams", createdAt: later },
    { ...common, eventType: "ae.asset.*", createdAt: later },
  ]);
  const production = hub.subscriptions.list(customer, "production").map(({ eventType }) => eventType);
  expect(production).toEqual([SOLD, "ae.account.*", "ae.asset.*", "ae.asset.upserted.ams"]);
});

test("a preview tells what promoting would do, and does nothing", async () => {
  using hub = openTestCustomers();
  const customer = await hub.givenCustomer();
  const put = (environment: "sandbox" | "production", eventType: string, more: object = {}) =>
    hub.subscriptions.put(customer, {
      environment,
      eventType,
      webhookUrl: "https://new.example.com",
      ...more,
    });
  const pause = (environment: "sandbox" | "production", eventType: string) =>
    hub.subscriptions.setStatus(customer, { environment, eventType }, "paused");
  await put("sandbox", "a.new", { recovery: "automatic" });
  await put("sandbox", "a.same");
  await put("production", "a.same");
  await put("sandbox", "a.moved");
  await put("production", "a.moved", { webhookUrl: "https://old.example.com" });
  await pause("production", "a.moved");
  await put("sandbox", "a.deleted");
  await put("production", "a.deleted");
  await hub.subscriptions.remove(customer, { environment: "production", eventType: "a.deleted" });
  await put("sandbox", "a.paused");
  await pause("sandbox", "a.paused");
  await put("production", "a.alone");

  const before = hub.changeRows();
  const after = {
    webhookUrl: "https://new.example.com",
    status: "active" as const,
    recovery: "manual" as const,
  };
  const preview = hub.subscriptions.previewPromotion(customer);
  expect(preview).toEqual([
    { eventType: "a.new", change: "create", before: null, after: { ...after, recovery: "automatic" } },
    { eventType: "a.same", change: "none", before: after, after },
    {
      eventType: "a.moved",
      change: "update",
      before: { ...after, webhookUrl: "https://old.example.com", status: "paused" },
      after,
    },
    { eventType: "a.deleted", change: "create", before: null, after },
  ]);
  expect(hub.changeRows()).toEqual(before);

  const { promoted } = await hub.subscriptions.promote(customer);
  expect(promoted).toMatchObject(preview.map(({ eventType, after }) => ({ eventType, ...after })));
  const again = hub.subscriptions.previewPromotion(customer);
  expect(again.map(({ change }) => change)).toEqual(["none", "none", "none", "none"]);
});

test("nothing active to promote is no mistake", async () => {
  using hub = openTestCustomers();
  const customer = await givenDealer(hub);
  expect(await hub.subscriptions.promote(customer)).toEqual({ promoted: [], count: 0 });
});

test("warnings say what stands in the way, joined into one", async () => {
  using hub = openTestCustomers();
  const customer = await hub.givenCustomer();
  hub.target.check = async () => ({ ok: true, warning: "example.com does not resolve now." });
  const warningFor = async (eventType: string) =>
    (await hub.subscriptions.put(customer, { environment: "sandbox", eventType, webhookUrl: URL_A })).warning;
  expect(await warningFor("no.such.type")).toBe(
    'The catalog knows no event type that "no.such.type" matches. ' +
      "You have no auction ids, so no event that names an auction comes to you. " +
      "example.com does not resolve now.",
  );
  await hub.auctionIds.assign(customer.id, ["*"]);
  expect(await warningFor(SOLD)).toContain("no auction ids");
  await hub.auctionIds.assign(customer.id, ["daanw"]);
  hub.target.check = async () => ({ ok: true });
  for (const known of [SOLD, "ae.asset.*", "*"]) expect(await warningFor(known)).toBeUndefined();
  expect(await warningFor("nobody.*")).toBe('The catalog knows no event type that "nobody.*" matches.');
});

test("a refused target and a malformed pattern name the input, and nothing is written", async () => {
  using hub = openTestCustomers();
  const customer = await givenDealer(hub);
  const malformed = await problemOf(
    hub.subscriptions.put(customer, { environment: "sandbox", eventType: "ae.*.sold", webhookUrl: URL_A }),
  );
  expect(malformed).toMatchObject({
    code: "invalid_event_type",
    details: { errors: [{ path: "eventType" }] },
  });
  hub.target.check = async () => ({ ok: false, detail: "10.0.0.1 is a private address" });
  const refused = await problemOf(hub.subscriptions.put(customer, { ...sandboxSold, webhookUrl: URL_A }));
  expect(refused).toMatchObject({
    code: "refused_target",
    details: { errors: [{ path: "webhookUrl", message: "10.0.0.1 is a private address" }] },
  });
  expect(hub.subscriptions.list(customer, "sandbox")).toEqual([]);
  expect(hub.told).toEqual([]);
});

test("two customers' subscriptions are apart", async () => {
  using hub = openTestCustomers();
  const ann = await givenDealer(hub);
  const bob = await givenDealer(hub, "bob@example.com");
  await hub.subscriptions.put(ann, { ...sandboxSold, webhookUrl: URL_A });
  expect((await problemOf(hub.subscriptions.remove(bob, sandboxSold))).code).toBe("subscription_not_found");
  await hub.subscriptions.put(bob, { ...sandboxSold, webhookUrl: URL_B });
  await hub.subscriptions.promote(bob);
  await hub.subscriptions.remove(bob, sandboxSold);
  expect(hub.subscriptions.list(ann, "sandbox")).toMatchObject([
    { webhookUrl: URL_A, customerId: ann.publicId },
  ]);
  expect(hub.subscriptions.list(ann, "production")).toEqual([]);
});

test("10,000 subscriptions are the most, deleted ones left out", async () => {
  using hub = openTestCustomers();
  const customer = await givenDealer(hub);
  hub.store.sqlite.run(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
     INSERT INTO subscriptions (customer_id, environment, event_type, webhook_url, status, created_at, updated_at)
     SELECT ?, 'sandbox', 'type.' || i, ?, 'active', 0, 0 FROM n`,
    [customer.id, URL_A],
  );
  const put = () => hub.subscriptions.put(customer, { ...productionSold, webhookUrl: URL_A });
  await put();
  await put();
  await hub.subscriptions.remove(customer, productionSold);
  await hub.subscriptions.put(customer, { ...sandboxSold, webhookUrl: URL_A });
  expect((await problemOf(put())).code).toBe("invalid_input");
  expect((await problemOf(hub.subscriptions.promote(customer))).code).toBe("invalid_input");
  expect((await problemOf(() => hub.subscriptions.previewPromotion(customer))).code).toBe("invalid_input");
  expect(hub.subscriptions.list(customer, "production")).toEqual([]);
});
