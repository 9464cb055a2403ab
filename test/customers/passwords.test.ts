import { expect, test } from "bun:test";
import { newPasswordSchema, openPasswords } from "../../src/customers/passwords.ts";
import { problemOf } from "./test-customers.ts";

test("a hash is argon2id of the agreed cost and verifies its password only", async () => {
  const passwords = openPasswords();
  const hash = await passwords.hash("caf\u00e9 au lait");
  expect(hash).toStartWith("$argon2id$v=19$m=19456,t=2,p=1$");
  expect(await passwords.verify("caf\u00e9 au lait", hash)).toBe(true);
  expect(await passwords.verify("cafe\u0301 au lait", hash)).toBe(true);
  expect(await passwords.verify("cafe au lait", hash)).toBe(false);
  expect(await passwords.verify("", hash)).toBe(false);
});

test("without a hash the work is done all the same, and fails", async () => {
  const passwords = openPasswords();
  const hash = await passwords.hash("correct horse");
  const known = await cpuOf(() => passwords.verify("wrong", hash));
  const unknown = await cpuOf(() => passwords.verify("wrong", null));
  expect(unknown).toBeGreaterThan(known / 3);
  expect(await passwords.verify("wrong", null)).toBe(false);
});

test("more than 202 at once are told to come back", async () => {
  const passwords = openPasswords();
  const hash =
    "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  const line = Array.from({ length: 202 }, () => passwords.verify("x", hash));
  const refused = await problemOf(passwords.verify("x", hash));
  expect(refused).toMatchObject({ code: "not_ready", details: { retryAfterSeconds: 10 } });
  expect(await Promise.all(line)).toEqual(line.map(() => false));
  expect(await passwords.verify("x", hash)).toBe(false);
});

test.each([
  { letter: "x", count: 7, isAllowed: false },
  { letter: "x", count: 8, isAllowed: true },
  { letter: "🚗", count: 7, isAllowed: false },
  { letter: "🚗", count: 8, isAllowed: true },
  { letter: "🚗", count: 200, isAllowed: true },
  { letter: "x", count: 201, isAllowed: false },
])("a password of $count times $letter may be chosen: $isAllowed", ({ letter, count, isAllowed }) => {
  expect(newPasswordSchema.safeParse(letter.repeat(count)).success).toBe(isAllowed);
});

async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
