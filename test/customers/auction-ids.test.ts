import { expect, test } from "bun:test";
import { auctionIdsSchema } from "../../src/customers/auction-ids.ts";
import { openTestCustomers, problemOf } from "./test-customers.ts";

test("ids come back in the order given, each once", async () => {
  using hub = openTestCustomers();
  const { id } = await hub.givenCustomer();
  expect(await hub.auctionIds.replace(id, ["daanw", "cpaa", "daanw"])).toEqual(["daanw", "cpaa"]);
  expect(hub.auctionIds.of(id)).toEqual(["daanw", "cpaa"]);
  await hub.auctionIds.replace(id, ["rckfrd", "cpaa"]);
  expect(hub.auctionIds.of(id)).toEqual(["rckfrd", "cpaa"]);
  await hub.auctionIds.replace(id, []);
  expect(hub.auctionIds.of(id)).toEqual([]);
});

test("an id that stays keeps the instant it was assigned at; one that comes back does not", async () => {
  using hub = openTestCustomers();
  const { id } = await hub.givenCustomer();
  const assignedAt = () =>
    hub.store.sqlite.query("SELECT auction_id, assigned_at FROM auction_ids ORDER BY position").values();
  const start = hub.seams.clock.now();
  await hub.auctionIds.replace(id, ["a", "b"]);
  hub.clock.advance(1);
  await hub.auctionIds.replace(id, ["c", "b"]);
  hub.clock.advance(1);
  await hub.auctionIds.replace(id, ["a", "b"]);
  expect(assignedAt()).toEqual([
    ["a", start + 2],
    ["b", start],
  ]);
});

test("where the operator assigns the ids, a customer may only remove some", async () => {
  using hub = openTestCustomers({ AUCTION_IDS: "operator" });
  const customer = await hub.givenCustomer();
  const replace = (ids: string[]) => hub.auctionIds.replace(customer.id, ids);
  expect((await problemOf(replace(["daanw"]))).code).toBe("operator_assigns_auction_ids");
  expect(await hub.operator.assignAuctionIds("ann@example.com", ["daanw", "cpaa", "*"])).toHaveLength(3);
  expect(await replace(["*", "cpaa"])).toEqual(["*", "cpaa"]);
  expect((await problemOf(replace(["cpaa", "daanw"]))).code).toBe("operator_assigns_auction_ids");
  expect(hub.auctionIds.of(customer.id)).toEqual(["*", "cpaa"]);
});

test("each change is kept with who made it, and the hub is told within and after the transaction", async () => {
  using hub = openTestCustomers();
  const { id, publicId } = await hub.givenCustomer();
  await hub.auctionIds.replace(id, ["a"]);
  await hub.auctionIds.replace(id, ["a"]);
  await hub.operator.assignAuctionIds(publicId, ["b"]);
  expect(hub.changeRows()).toMatchObject([
    { customer_id: id, actor: "customer", subject: "auction-ids", before: "[]", after: '["a"]' },
    { customer_id: id, actor: "operator", subject: "auction-ids", before: '["a"]', after: '["b"]' },
  ]);
  expect(hub.told.slice(0, 2)).toEqual([`changed ${id}`, `committed ${id}`]);
});

test("two customers' ids are apart", async () => {
  using hub = openTestCustomers();
  const ann = await hub.givenCustomer();
  const bob = await hub.givenCustomer("bob@example.com");
  await hub.auctionIds.replace(ann.id, ["daanw"]);
  await hub.auctionIds.replace(bob.id, ["daanw", "cpaa"]);
  await hub.auctionIds.replace(bob.id, []);
  expect(hub.auctionIds.of(ann.id)).toEqual(["daanw"]);
});

const many = (count: number) => Array.from({ length: count }, (_, number) => `a${number}`);

test.each([
  { what: "letters, digits, signs and *", ids: ["daanw", "A_b.c:d-9", "*", "x".repeat(100)], areValid: true },
  { what: "an empty text", ids: [""], areValid: false },
  { what: "101 characters", ids: ["x".repeat(101)], areValid: false },
  { what: "a space", ids: ["a b"], areValid: false },
  { what: "a * within", ids: ["daanw*"], areValid: false },
  { what: "two *", ids: ["**"], areValid: false },
  { what: "a line break at the end", ids: ["a\n"], areValid: false },
  { what: "1,000 ids", ids: many(1000), areValid: true },
  { what: "1,001 ids", ids: many(1001), areValid: false },
])("$what: valid is $areValid", ({ ids, areValid }) => {
  expect(auctionIdsSchema.safeParse(ids).success).toBe(areValid);
});

test("what the operator gives is checked too", async () => {
  using hub = openTestCustomers();
  await hub.givenCustomer();
  const problem = await problemOf(hub.operator.assignAuctionIds("ann@example.com", ["ok", "a b"]));
  expect(problem.details.errors).toMatchObject([{ path: "auctionIds[1]" }]);
});
