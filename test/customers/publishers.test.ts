import { expect, test } from "bun:test";
import { openPublishers } from "../../src/customers/publishers.ts";
import { openTestCustomers, problemOf } from "./test-customers.ts";

test("a publisher is found by its key, of which only a hash is kept", async () => {
  using hub = openTestCustomers();
  const { name, key } = await hub.publishers.add("auction-site");
  expect(name).toBe("auction-site");
  expect(key).toMatch(/^lhp_[\w-]{43}$/);
  expect(hub.publishers.findByKey(key)).toMatchObject({ name });
  expect(hub.publishers.findByKey(`${key}x`)).toBeNull();
  expect(Buffer.from(hub.store.sqlite.serialize()).includes(key)).toBe(false);
  expect(openPublishers(hub).findByKey(key)).toMatchObject({ name }); // also after a restart
});

test("a name is taken once; removed and added again it is the same publisher with a new key", async () => {
  using hub = openTestCustomers();
  const { key } = await hub.publishers.add("auction-site");
  const before = hub.publishers.findByKey(key);
  expect((await problemOf(hub.publishers.add("auction-site"))).code).toBe("publisher_exists");
  await hub.publishers.remove("auction-site");
  expect(hub.publishers.findByKey(key)).toBeNull();
  expect(hub.publishers.list()).toMatchObject([{ name: "auction-site", status: "removed" }]);
  expect((await problemOf(hub.publishers.remove("auction-site"))).code).toBe("publisher_not_found");

  const again = await hub.publishers.add("auction-site");
  expect(hub.publishers.findByKey(again.key)).toEqual(before);
  expect(hub.publishers.findByKey(key)).toBeNull();
});

test.each(["", "Auction", "a b", "x".repeat(65), "ä"])("a publisher cannot be called %j", async (name) => {
  using hub = openTestCustomers();
  expect((await problemOf(hub.publishers.add(name))).code).toBe("invalid_input");
});

test("PUBLISH_KEY is the one key of publisher default from then on", async () => {
  using hub = openTestCustomers();
  await hub.publishers.setDefault("the first publish key");
  await hub.publishers.setDefault("the first publish key");
  const before = hub.publishers.findByKey("the first publish key");
  expect(before).toMatchObject({ name: "default" });
  await hub.publishers.setDefault("the second publish key");
  expect(hub.publishers.findByKey("the first publish key")).toBeNull();
  expect(hub.publishers.findByKey("the second publish key")).toEqual(before);
  await hub.publishers.remove("default");
  await hub.publishers.setDefault("the second publish key");
  expect(hub.publishers.findByKey("the second publish key")).toEqual(before);
});

test("PUBLISH_KEY must not be another publisher's key", async () => {
  using hub = openTestCustomers();
  const { key } = await hub.publishers.add("auction-site");
  await expect(hub.publishers.setDefault(key)).rejects.toThrow(
    "PUBLISH_KEY is the key of publisher auction-site",
  );
});
