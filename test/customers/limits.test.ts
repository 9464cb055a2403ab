import { expect, test } from "bun:test";
import { openLimits } from "../../src/customers/limits.ts";
import { ADDRESS, openTestCustomers, PASSWORD, problemOf } from "./test-customers.ts";

const MINUTE = 60_000;

test("the tenth failure for an e-mail is the last in 15 minutes, from whatever address", async () => {
  using hub = openTestCustomers();
  await hub.givenCustomer();
  const guess = (number: number, email = "ann@example.com") =>
    problemOf(hub.accounts.logIn({ email, password: "wrong" }, `192.0.2.${number}`));
  for (let number = 1; number <= 10; number++) {
    expect((await guess(number)).code).toBe("invalid_credentials");
    hub.clock.advance(MINUTE);
  }
  const refused = await guess(11, "ANN@example.com");
  expect(refused).toMatchObject({ code: "too_many_requests", details: { retryAfterSeconds: 5 * 60 } });
  const right = hub.accounts.logIn({ email: "ann@example.com", password: PASSWORD }, ADDRESS);
  expect((await problemOf(right)).code).toBe("too_many_requests");

  hub.clock.advance(5 * MINUTE);
  await hub.accounts.logIn({ email: "ann@example.com", password: PASSWORD }, ADDRESS);
});

test("a burst of guesses at once does not pass the limit", async () => {
  using hub = openTestCustomers();
  await hub.givenCustomer();
  const burst = Array.from({ length: 40 }, (_, number) =>
    problemOf(hub.accounts.logIn({ email: "ann@example.com", password: `guess ${number}` }, ADDRESS)),
  );
  const codes = (await Promise.all(burst)).map(({ code }) => code);
  expect(codes.filter((code) => code === "invalid_credentials")).toHaveLength(10);
  expect(hub.passwords.asked).toHaveLength(10);
});

test("successful logins do not count", async () => {
  using hub = openTestCustomers({ LOGIN_LIMIT_PER_EMAIL: "2", LOGIN_LIMIT_PER_ADDRESS: "2" });
  await hub.givenCustomer();
  for (let time = 0; time < 5; time++) {
    await hub.accounts.logIn({ email: "ann@example.com", password: PASSWORD }, ADDRESS);
  }
});

test("a wrong present password counts like a failed login", async () => {
  using hub = openTestCustomers({ LOGIN_LIMIT_PER_EMAIL: "2" });
  const customer = await hub.givenCustomer();
  const change = { currentPassword: "wrong", newPassword: "staple battery" };
  for (let time = 0; time < 2; time++)
    await problemOf(hub.accounts.changePassword(customer, change, ADDRESS));
  const right = hub.accounts.logIn({ email: "ann@example.com", password: PASSWORD }, ADDRESS);
  expect((await problemOf(right)).code).toBe("too_many_requests");
});

test("a try that could not be checked is no failure", async () => {
  using hub = openTestCustomers({ LOGIN_LIMIT_PER_EMAIL: "1" });
  await hub.givenCustomer();
  const verify = hub.passwords.verify;
  hub.passwords.verify = () => Promise.reject(new Error("no memory"));
  const logIn = () => hub.accounts.logIn({ email: "ann@example.com", password: PASSWORD }, ADDRESS);
  await expect(logIn()).rejects.toThrow("no memory");
  hub.passwords.verify = verify;
  await logIn();
});

test("failures of one address count whoever they are for, and signups by address", async () => {
  using hub = openTestCustomers({ LOGIN_LIMIT_PER_ADDRESS: "3", SIGNUP_LIMIT: "2" });
  const guess = (number: number, address: string) =>
    problemOf(hub.accounts.logIn({ email: `${number}@example.com`, password: "wrong" }, address));
  for (let number = 0; number < 3; number++) await guess(number, ADDRESS);
  expect((await guess(4, ADDRESS)).code).toBe("too_many_requests");
  expect((await guess(4, "198.51.100.1")).code).toBe("invalid_credentials");

  await hub.givenCustomer("1@example.com");
  await hub.givenCustomer("2@example.com");
  const third = await problemOf(hub.givenCustomer("3@example.com"));
  expect(third).toMatchObject({ code: "too_many_requests", details: { retryAfterSeconds: 600 } });
  hub.clock.advance(10 * MINUTE);
  await hub.givenCustomer("3@example.com");
});

test.each([
  ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true],
  ["2001:db8:1:2::1", "2001:db8:1:3::1", false],
  ["192.0.2.1", "::ffff:192.0.2.1", true],
  ["192.0.2.1", "192.0.2.2", false],
  ["fe80::1%eth0", "fe80::2%eth1", true],
  ["local", "local", true],
])("%s and %s count together: %p", async (one, other, together) => {
  using hub = openTestCustomers({ SIGNUP_LIMIT: "1" });
  const limits = openLimits({ clock: hub.seams.clock, config: hub.config });
  limits.signup(one);
  if (together) expect((await problemOf(() => limits.signup(other))).code).toBe("too_many_requests");
  else limits.signup(other);
});

test("memory stays bounded however many addresses come, and the newest counts hold", async () => {
  using hub = openTestCustomers({ SIGNUP_LIMIT: "1" });
  const limits = openLimits({ clock: hub.seams.clock, config: hub.config });
  const address = (number: number) => `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
  for (let number = 0; number < 50_001; number++) limits.signup(address(number));
  expect((await problemOf(() => limits.signup(address(50_000)))).code).toBe("too_many_requests");
  limits.signup(address(0)); // the oldest made room
});
