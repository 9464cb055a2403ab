import { expect, test } from "bun:test";
import { ADDRESS, openTestCustomers, PASSWORD, problemOf } from "./test-customers.ts";

test("a new customer has a key, a signing secret and no auction ids", async () => {
  using hub = openTestCustomers();
  const customer = await hub.givenCustomer(" Ann@Example.com".trim());
  expect(hub.accounts.show(customer)).toEqual({
    customerId: customer.publicId,
    email: "Ann@Example.com",
    name: "Ann's Autos",
    apiKey: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    auctionIds: [],
    createdAt: "2025-01-01T00:00:00.000Z",
    status: "active",
  });
  expect(hub.signingSecrets.present(customer.id)).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
});

test("neither the API key nor the signing secret stands in the database as it is", async () => {
  using hub = openTestCustomers();
  const customer = await hub.givenCustomer();
  const { apiKey } = hub.accounts.show(customer);
  const file = Buffer.from(hub.store.sqlite.serialize());
  expect(file.includes("ann@example.com")).toBe(true);
  expect(file.includes(apiKey)).toBe(false);
  expect(file.includes(hub.signingSecrets.present(customer.id))).toBe(false);
});

test("an e-mail is one whatever its case, and stays as it was given", async () => {
  using hub = openTestCustomers();
  const customer = await hub.givenCustomer("Ann@Example.com");
  expect((await problemOf(hub.givenCustomer("aNN@eXAMPLE.COM"))).code).toBe("email_taken");
  const found = await hub.accounts.logIn({ email: " ANN@example.com ", password: PASSWORD }, ADDRESS);
  expect(found).toEqual(customer);
});

test("of two signups at once with one e-mail one succeeds, and neighbours in the commit do not suffer", async () => {
  using hub = openTestCustomers();
  const emails = ["ann@example.com", "ANN@example.com", "bob@example.com"];
  const results = await Promise.allSettled(emails.map((email) => hub.givenCustomer(email)));
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(hub.operator.listCustomers().map(({ email }) => email)).toEqual([
    "ann@example.com",
    "bob@example.com",
  ]);
});

test("an unknown e-mail is checked and answered like a wrong password", async () => {
  using hub = openTestCustomers();
  await hub.givenCustomer();
  const wrong = await problemOf(hub.accounts.logIn({ email: "ann@example.com", password: "no" }, ADDRESS));
  const unknown = await problemOf(hub.accounts.logIn({ email: "eve@example.com", password: "no" }, ADDRESS));
  expect({ ...unknown }).toEqual({ ...wrong });
  expect(hub.passwords.asked).toEqual([expect.any(String), null]);
});

test("with signup closed only the operator adds customers", async () => {
  using hub = openTestCustomers({ SIGNUP: "closed" });
  expect((await problemOf(hub.givenCustomer())).code).toBe("signup_closed");
  const { customer, password } = await hub.operator.addCustomer({ email: "ann@example.com", name: "Ann" });
  expect(password).toMatch(/^[\w-]{20}$/);
  const found = await hub.accounts.logIn({ email: customer.email, password: password ?? "" }, ADDRESS);
  expect(found.publicId).toBe(customer.customerId);
});

test("the operator may give a password, held to the same rules", async () => {
  using hub = openTestCustomers();
  const given = { email: "ann@example.com", name: "Ann" };
  const problem = await problemOf(hub.operator.addCustomer({ ...given, password: "short" }));
  expect(problem.details.errors).toEqual([{ path: "password", message: "must have 8 to 200 characters" }]);
  expect((await hub.operator.addCustomer({ ...given, password: PASSWORD })).password).toBeNull();
});

test("a password change ends the tokens and the old password, and needs the present one", async () => {
  using hub = openTestCustomers();
  const customer = await hub.givenCustomer();
  const change = { currentPassword: "wrong", newPassword: "staple battery" };
  const wrong = hub.accounts.changePassword(customer, change, ADDRESS);
  expect((await problemOf(wrong)).code).toBe("invalid_credentials");
  expect(hub.accounts.findByToken(customer.publicId, customer.tokenVersion)).toEqual(customer);

  await hub.accounts.changePassword(customer, { ...change, currentPassword: PASSWORD }, ADDRESS);
  expect(hub.accounts.findByToken(customer.publicId, customer.tokenVersion)).toBeNull();
  const old = hub.accounts.logIn({ email: customer.email, password: PASSWORD }, ADDRESS);
  expect((await problemOf(old)).code).toBe("invalid_credentials");
  const renewed = await hub.accounts.logIn({ email: customer.email, password: "staple battery" }, ADDRESS);
  expect(renewed.tokenVersion).toBe(customer.tokenVersion + 1);
});

test("of two password changes at once with the same present password one wins", async () => {
  using hub = openTestCustomers();
  const customer = await hub.givenCustomer();
  const changes = ["first new one", "second new one"].map((newPassword) =>
    hub.accounts.changePassword(customer, { currentPassword: PASSWORD, newPassword }, ADDRESS),
  );
  const results = await Promise.allSettled(changes);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
});

test("a rotated API key takes the place of the one before at once", async () => {
  using hub = openTestCustomers();
  const customer = await hub.givenCustomer();
  const before = hub.accounts.show(customer).apiKey;
  const { apiKey, rotatedAt } = await hub.accounts.rotateApiKey(customer);
  expect(rotatedAt).toBe("2025-01-01T00:00:00.000Z");
  expect(hub.accounts.findByApiKey(before)).toBeNull();
  expect(hub.accounts.findByApiKey(apiKey)).toEqual(customer);
  expect(hub.accounts.show(customer).apiKey).toBe(apiKey);
});

test("a disabled customer has no tokens and no login, also once it is enabled again", async () => {
  using hub = openTestCustomers();
  const customer = await hub.givenCustomer();
  await hub.operator.disable("ANN@example.com");
  expect(hub.told).toEqual([`changed ${customer.id}`, `committed ${customer.id}`]);
  expect(hub.accounts.findByToken(customer.publicId, customer.tokenVersion)).toBeNull();
  expect(hub.accounts.findByToken(customer.publicId, customer.tokenVersion + 1)).toBeNull();
  const logIn = (password: string) => hub.accounts.logIn({ email: customer.email, password }, ADDRESS);
  expect((await problemOf(logIn(PASSWORD))).code).toBe("customer_disabled");
  expect((await problemOf(logIn("wrong"))).code).toBe("invalid_credentials");

  await hub.operator.enable(customer.publicId);
  expect(hub.accounts.findByToken(customer.publicId, customer.tokenVersion)).toBeNull();
  expect((await logIn(PASSWORD)).status).toBe("active");
  expect(hub.changeRows()).toMatchObject([
    { subject: "customer", actor: "operator", before: '"active"', after: '"disabled"' },
    { subject: "customer", actor: "operator", before: '"disabled"', after: '"active"' },
  ]);
});

test("disabling twice changes nothing the second time", async () => {
  using hub = openTestCustomers();
  await hub.givenCustomer();
  await hub.operator.disable("ann@example.com");
  await hub.operator.disable("ann@example.com");
  expect(hub.changeRows()).toHaveLength(1);
  expect((await problemOf(hub.operator.disable("eve@example.com"))).code).toBe("customer_not_found");
});

test("a reset gives a new password and ends the tokens", async () => {
  using hub = openTestCustomers();
  const customer = await hub.givenCustomer();
  const { password } = await hub.operator.resetPassword("ann@example.com");
  expect(hub.accounts.findByToken(customer.publicId, customer.tokenVersion)).toBeNull();
  await hub.accounts.logIn({ email: customer.email, password }, ADDRESS);
});
