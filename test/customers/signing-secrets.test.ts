import { expect, test } from "bun:test";
import { openTestCustomers, problemOf, type TestCustomers } from "./test-customers.ts";

const SECOND = 1000;
const DAY_SECONDS = 86_400;

const signingNow = (hub: TestCustomers, customerId: number) =>
  hub.signingSecrets.secretsFor(customerId, hub.seams.clock.now()).map(({ value }) => value);

test("both secrets sign through the overlap, the new one first, then the new one alone", async () => {
  using hub = openTestCustomers();
  const { id } = await hub.givenCustomer();
  const [first] = signingNow(hub, id);
  const { signingSecret, rotatedAt } = await hub.signingSecrets.rotate(id, DAY_SECONDS);
  expect(rotatedAt).toBe("2025-01-01T00:00:00.000Z");
  expect(hub.signingSecrets.present(id)).toBe(signingSecret);
  expect(signingNow(hub, id)).toEqual([signingSecret, first as string]);
  hub.clock.advance(DAY_SECONDS * SECOND - 1);
  expect(signingNow(hub, id)).toEqual([signingSecret, first as string]);
  hub.clock.advance(1);
  expect(signingNow(hub, id)).toEqual([signingSecret]);
});

test("an overlap of 0 ends all older secrets at once and forgets them", async () => {
  using hub = openTestCustomers();
  const { id } = await hub.givenCustomer();
  await hub.signingSecrets.rotate(id, DAY_SECONDS);
  const { signingSecret } = await hub.signingSecrets.rotate(id, 0);
  expect(signingNow(hub, id)).toEqual([signingSecret]);
  expect(hub.store.sqlite.query("SELECT count(*) AS n FROM signing_secrets").get()).toEqual({ n: 1 });
});

test("a rotation never lengthens what an earlier one has left, and may shorten it", async () => {
  using hub = openTestCustomers();
  const { id } = await hub.givenCustomer();
  const [first] = signingNow(hub, id);
  const second = (await hub.signingSecrets.rotate(id, 100)).signingSecret;
  const third = (await hub.signingSecrets.rotate(id, 200)).signingSecret;
  expect(signingNow(hub, id)).toEqual([third, second, first as string]);
  hub.clock.advance(100 * SECOND);
  expect(signingNow(hub, id)).toEqual([third, second]);
  const fourth = (await hub.signingSecrets.rotate(id, 10)).signingSecret;
  hub.clock.advance(10 * SECOND);
  expect(signingNow(hub, id)).toEqual([fourth]);
});

test("until when the secret before signs is told, of several the last", async () => {
  using hub = openTestCustomers();
  const { id } = await hub.givenCustomer();
  const now = hub.clock.now();
  expect(hub.signingSecrets.previousEndsAt(id)).toBeNull();
  await hub.signingSecrets.rotate(id, 100);
  expect(hub.signingSecrets.previousEndsAt(id)).toBe(now + 100 * SECOND);
  await hub.signingSecrets.rotate(id, 200);
  expect(hub.signingSecrets.previousEndsAt(id)).toBe(now + 200 * SECOND);
  hub.clock.advance(100 * SECOND);
  expect(hub.signingSecrets.previousEndsAt(id)).toBe(now + 200 * SECOND);
  hub.clock.advance(100 * SECOND);
  expect(hub.signingSecrets.previousEndsAt(id)).toBeNull();
  await hub.signingSecrets.rotate(id, 0);
  expect(hub.signingSecrets.previousEndsAt(id)).toBeNull();
});

test("ended secrets are deleted at the next rotation", async () => {
  using hub = openTestCustomers();
  const { id } = await hub.givenCustomer();
  await hub.signingSecrets.rotate(id, 10);
  hub.clock.advance(10 * SECOND);
  await hub.signingSecrets.rotate(id, 10);
  expect(hub.store.sqlite.query("SELECT count(*) AS n FROM signing_secrets").get()).toEqual({ n: 2 });
});

test("however often one rotates, ten secrets sign at most", async () => {
  using hub = openTestCustomers();
  const { id } = await hub.givenCustomer();
  for (let time = 0; time < 12; time++) await hub.signingSecrets.rotate(id, DAY_SECONDS);
  expect(signingNow(hub, id)).toHaveLength(10);
  expect(signingNow(hub, id)[0]).toBe(hub.signingSecrets.present(id));
});

test("secrets are read from memory, and a secret copied to another customer's row does not open", async () => {
  using hub = openTestCustomers();
  const ann = await hub.givenCustomer();
  const bob = await hub.givenCustomer("bob@example.com");
  const before = hub.signingSecrets.secretsFor(ann.id, hub.seams.clock.now());
  expect(hub.signingSecrets.secretsFor(ann.id, hub.seams.clock.now())).toBe(before);
  hub.store.sqlite.run(
    "UPDATE signing_secrets SET sealed = (SELECT sealed FROM signing_secrets WHERE customer_id = ?) WHERE customer_id = ?",
    [ann.id, bob.id],
  );
  expect(() => hub.signingSecrets.present(bob.id)).toThrow("does not open");
});

test("a customer without a secret is told so, and gets one by rotating", async () => {
  using hub = openTestCustomers();
  const { id } = await hub.givenCustomer();
  hub.store.sqlite.run("DELETE FROM signing_secrets");
  expect((await problemOf(() => hub.signingSecrets.present(id))).code).toBe("signing_secret_not_found");
  const { signingSecret } = await hub.signingSecrets.rotate(id, DAY_SECONDS);
  expect(hub.signingSecrets.present(id)).toBe(signingSecret);
});
