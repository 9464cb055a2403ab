import { expect, test } from "bun:test";
import { openTestApi } from "./test-api.ts";
import { PASSWORD } from "./test-customers.ts";

const URL = "https://example.com/webhook";
const SOLD = "ae.asset.deal.sold.ams";

test("signing up, logging in and changing the password", async () => {
  using api = openTestApi();
  const body = { email: "  ann@example.com ", name: " Ann ", password: PASSWORD };
  const signup = await api.call("POST /auth/signup", { body });
  expect(signup.status).toBe(201);
  expect(Object.keys(signup.body)).toEqual(["customer", "token"]);
  expect(signup.body.customer).toMatchObject({ email: "ann@example.com", name: "Ann", status: "active" });
  expect((await api.call("POST /auth/signup", { body })).body).toMatchObject({
    status: 409,
    code: "email_taken",
  });

  const login = await api.call("POST /auth/login", {
    body: { email: "ANN@example.com", password: PASSWORD },
  });
  expect(login).toMatchObject({ status: 200, body: { customer: signup.body.customer } });
  const { token } = login.body;
  const change = { currentPassword: PASSWORD, newPassword: "staple battery" };
  expect(await api.call("POST /auth/password", { token, body: change })).toMatchObject({
    status: 204,
    body: undefined,
  });
  expect((await api.call("GET /auth/me", { token })).status).toBe(401);
  expect((await api.call("GET /auth/me", { token: signup.body.token })).status).toBe(401);
});

test.each([
  { what: "no e-mail", change: { email: undefined }, path: "email" },
  { what: "half an e-mail", change: { email: "ann@" }, path: "email" },
  { what: "a long e-mail", change: { email: `${"a".repeat(250)}@b.com` }, path: "email" },
  { what: "no name", change: { name: " " }, path: "name" },
  { what: "a name of two lines", change: { name: "a\nb" }, path: "name" },
  { what: "a short password", change: { password: "1234567" }, path: "password" },
  { what: "a password that is a number", change: { password: 12345678 }, path: "password" },
])("a signup with $what names the input", async ({ change, path }) => {
  using api = openTestApi();
  const body = { email: "ann@example.com", name: "Ann", password: PASSWORD, ...change };
  const answer = await api.call("POST /auth/signup", { body });
  expect(answer).toMatchObject({ status: 422, body: { code: "invalid_input", errors: [{ path }] } });
});

test("too many failed logins get 429 with Retry-After", async () => {
  using api = openTestApi({ LOGIN_LIMIT_PER_EMAIL: "1" });
  const body = { email: "ann@example.com", password: "wrong" };
  expect((await api.call("POST /auth/login", { body })).status).toBe(401);
  const refused = await api.call("POST /auth/login", { body });
  expect(refused).toMatchObject({ status: 429, body: { code: "too_many_requests" } });
  expect(refused.headers.get("retry-after")).toBe("900");
});

test("auction ids are read and replaced, and where the operator assigns them only removed", async () => {
  using api = openTestApi({ AUCTION_IDS: "operator" });
  const { token } = await api.givenSignup();
  const path = "/customers/me/auction-ids";
  expect((await api.call(`GET ${path}`, { token })).body).toEqual({ auctionIds: [] });
  const body = { auctionIds: ["daanw", "cpaa"] };
  expect((await api.call(`PUT ${path}`, { token, body })).status).toBe(403);
  await api.hub.operator.assignAuctionIds("ann@example.com", ["cpaa", "daanw"]);
  expect(await api.call(`PUT ${path}`, { token, body })).toMatchObject({ status: 200, body });
  expect((await api.call(`GET ${path}`, { token })).body).toEqual(body);
  const wrong = await api.call(`PUT ${path}`, { token, body: { auctionIds: ["a", "b c"] } });
  expect(wrong.body).toMatchObject({ status: 422, errors: [{ path: "auctionIds[1]" }] });
});

test("a rotated API key works and the one before does not", async () => {
  using api = openTestApi();
  const { customer } = await api.givenSignup();
  const headers = { "x-api-key": customer.apiKey };
  const { status, body } = await api.call("POST /customers/me/api-key/rotate", { headers });
  expect({ status, keys: Object.keys(body) }).toEqual({ status: 200, keys: ["apiKey", "rotatedAt"] });
  expect((await api.call("GET /auth/me", { headers })).status).toBe(401);
  expect((await api.call("GET /auth/me", { headers: { "x-api-key": body.apiKey } })).status).toBe(200);
});

test("a subscription is put, listed, paused, promoted and deleted", async () => {
  using api = openTestApi();
  const { token, customer } = await api.givenSignup();
  await api.hub.operator.assignAuctionIds("ann@example.com", ["daanw"]);
  const body = { eventType: SOLD, webhookUrl: URL };
  const put = await api.call("PUT /subscriptions/sandbox", { token, body });
  expect(put).toMatchObject({
    status: 201,
    body: { sk: `sandbox#${SOLD}`, customerId: customer.customerId },
  });
  expect(put.body).not.toHaveProperty("warning");
  expect(await api.call("PUT /subscriptions/sandbox", { token, body })).toMatchObject({ status: 201 });
  expect((await api.call("GET /subscriptions/sandbox", { token })).body).toEqual([put.body]);

  const promoted = await api.call("POST /subscriptions/promote", { token });
  expect(promoted).toMatchObject({
    status: 200,
    body: { promoted: [{ sk: `production#${SOLD}` }], count: 1 },
  });
  const path = `/subscriptions/sandbox/${SOLD}`;
  const pause = await api.call(`PATCH ${path}/status`, { token, body: { status: "paused" } });
  expect(pause).toMatchObject({ status: 204, body: undefined });
  expect((await api.call("GET /subscriptions/sandbox", { token })).body).toMatchObject([
    { status: "paused" },
  ]);
  expect(await api.call(`DELETE ${path}`, { token })).toMatchObject({ status: 204, body: undefined });
  const gone = { status: 404, body: { code: "subscription_not_found" } };
  expect(await api.call(`DELETE ${path}`, { token })).toMatchObject(gone);
  expect(await api.call(`PATCH ${path}/status`, { token, body: { status: "active" } })).toMatchObject(gone);
});

test.each(["ae.asset.*", "*"])(
  "a subscription to %s is deleted by its pattern, encoded or not",
  async (eventType) => {
    using api = openTestApi();
    const { token } = await api.givenSignup();
    for (const inPath of [eventType, eventType.replace("*", "%2A")]) {
      await api.call("PUT /subscriptions/production", { token, body: { eventType, webhookUrl: URL } });
      expect((await api.call(`DELETE /subscriptions/production/${inPath}`, { token })).status).toBe(204);
    }
  },
);

test.each([
  { call: "GET /subscriptions/staging", body: undefined, path: "path.environment" },
  {
    call: "PUT /subscriptions/promote",
    body: { eventType: SOLD, webhookUrl: URL },
    path: "path.environment",
  },
  { call: "PUT /subscriptions/sandbox", body: { webhookUrl: URL }, path: "eventType" },
  { call: "PUT /subscriptions/sandbox", body: { eventType: "a..b", webhookUrl: URL }, path: "eventType" },
  { call: "PUT /subscriptions/sandbox", body: { eventType: SOLD }, path: "webhookUrl" },
  { call: "PUT /subscriptions/sandbox", body: { eventType: SOLD, webhookUrl: 7 }, path: "webhookUrl" },
  { call: `PATCH /subscriptions/sandbox/${SOLD}/status`, body: { status: "deleted" }, path: "status" },
  { call: "POST /signing-secret/rotate", body: { overlapSeconds: -1 }, path: "overlapSeconds" },
  { call: "POST /signing-secret/rotate", body: { overlapSeconds: 604_801 }, path: "overlapSeconds" },
  { call: "POST /signing-secret/rotate", body: { overlapSeconds: 0.5 }, path: "overlapSeconds" },
  { call: "POST /signing-secret/rotate", body: { overlapseconds: 0 }, path: "body" },
  {
    call: "POST /auth/password",
    body: { currentPassword: PASSWORD, newPassword: "short" },
    path: "newPassword",
  },
])("$call with wrong input is 422 and names $path", async ({ call, body, path }) => {
  using api = openTestApi();
  const { token } = await api.givenSignup();
  const answer = await api.call(call, { token, ...(body && { body }) });
  expect(answer).toMatchObject({ status: 422, body: { errors: [{ path }] } });
});

test("the signing secret is read and rotated, with and without a body", async () => {
  using api = openTestApi();
  const { token } = await api.givenSignup();
  const first = (await api.call("GET /signing-secret", { token })).body;
  expect(first).toEqual({ signingSecret: expect.stringMatching(/^whsec_/), previous: null });
  const second = await api.call("POST /signing-secret/rotate", { token });
  expect(second).toMatchObject({ status: 200, body: { rotatedAt: "2025-01-01T00:00:00.000Z" } });
  expect((await api.call("GET /signing-secret", { token })).body).toEqual({
    signingSecret: second.body.signingSecret,
    previous: { expiresAt: "2025-01-02T00:00:00.000Z" },
  });
  const [customer] = api.hub.store.sqlite.query("SELECT id FROM customers").values().flat();
  const signing = () => api.hub.signingSecrets.secretsFor(Number(customer), api.hub.clock.now());
  expect(signing()).toEqual([{ value: second.body.signingSecret }, { value: first.signingSecret }]);
  for (const body of [{}, { overlapSeconds: 0 }]) {
    expect((await api.call("POST /signing-secret/rotate", { token, body })).status).toBe(200);
  }
  expect(signing()).toHaveLength(1);
});

test("every route of a customer asks for a credential before it looks at the input", async () => {
  using api = openTestApi();
  for (const call of [
    "GET /auth/me",
    "POST /auth/password",
    "GET /customers/me/auction-ids",
    "PUT /customers/me/auction-ids",
    "POST /customers/me/api-key/rotate",
    "GET /subscriptions/staging",
    "PUT /subscriptions/sandbox",
    `DELETE /subscriptions/sandbox/${SOLD}`,
    `PATCH /subscriptions/sandbox/${SOLD}/status`,
    "POST /subscriptions/promote",
    "GET /signing-secret",
    "POST /signing-secret/rotate",
  ]) {
    expect(await api.call(call)).toMatchObject({ status: 401, body: { code: "missing_credentials" } });
  }
});

test("what nobody foresaw is logged and not told", async () => {
  using api = openTestApi();
  const { token } = await api.givenSignup();
  api.hub.target.check = () => Promise.reject(new Error("secret detail"));
  const body = { eventType: SOLD, webhookUrl: URL };
  const answer = await api.call("PUT /subscriptions/sandbox", { token, body });
  expect(answer).toMatchObject({ status: 500, body: { code: "internal_error" } });
  expect(JSON.stringify(answer.body)).not.toContain("secret detail");
  expect(api.logged).toHaveLength(1);
});
