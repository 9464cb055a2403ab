import { expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { openTestApi } from "./test-api.ts";
import { PASSWORD, problemOf } from "./test-customers.ts";

const DAY_MS = 86_400_000;

const me = "GET /auth/me";

test("a customer is known by its token and by its API key", async () => {
  using api = openTestApi();
  const { token, customer } = await api.givenSignup();
  const user = { user: { customerId: customer.customerId, email: "ann@example.com" } };
  expect(await api.call(me, { token })).toMatchObject({ status: 200, body: user });
  expect(await api.call(me, { headers: { authorization: `bearer ${token}` } })).toMatchObject({
    status: 200,
  });
  expect(await api.call(me, { headers: { "x-api-key": customer.apiKey } })).toMatchObject({ body: user });
});

test("a call without a credential is told which scheme works", async () => {
  using api = openTestApi();
  const answer = await api.call(me);
  expect(answer).toMatchObject({ status: 401, body: { code: "missing_credentials" } });
  expect(answer.headers.get("www-authenticate")).toBe("Bearer");
});

test("what is no customer's credential is a bad one, and never comes back in the answer", async () => {
  using api = openTestApi();
  const { customer, token } = await api.givenSignup();
  const { key } = await api.hub.publishers.add("site");
  const bad: Record<string, string>[] = [
    { authorization: "Bearer nonsense" },
    { authorization: `Bearer ${token}x` },
    { authorization: `Bearer ${customer.apiKey}` },
    { authorization: `Bearer ${key}` },
    { authorization: `Basic ${btoa(`x:${customer.apiKey}`)}` },
    { authorization: token },
    { authorization: `X-API-Key ${customer.apiKey}` },
    { authorization: "" },
    { "x-api-key": key },
    { "x-api-key": token },
    { "x-api-key": "" },
    { authorization: "Bearer nonsense", "x-api-key": customer.apiKey },
  ];
  for (const headers of bad) {
    const answer = await api.call(me, { headers });
    expect(answer).toMatchObject({ status: 401, body: { code: "invalid_credentials" } });
    for (const secret of [key, token, customer.apiKey]) {
      expect(JSON.stringify(answer.body)).not.toContain(secret);
    }
  }
});

test("a token lasts seven days of the hub's clock", async () => {
  using api = openTestApi();
  const { token } = await api.givenSignup();
  api.hub.clock.advance(7 * DAY_MS - 1000);
  expect((await api.call(me, { token })).status).toBe(200);
  api.hub.clock.advance(1000);
  expect((await api.call(me, { token })).status).toBe(401);
});

test("only tokens as the hub makes them are taken", async () => {
  using api = openTestApi();
  const { customer } = await api.givenSignup();
  const exp = Math.floor(api.hub.clock.now() / 1000) + 60;
  const claims = { iss: "lanehook", sub: customer.customerId, ver: 0, exp };
  const signed = (changed: object, alg: "HS256" | "HS512" = "HS256", key = api.hub.sealer.tokenKey) =>
    tokenOf({ ...claims, ...changed }, alg, key);
  const statusOf = async (token: string) => (await api.call(me, { token })).status;

  expect(await statusOf(signed({}))).toBe(200);
  expect(await statusOf(signed({}, "HS512"))).toBe(401);
  expect(await statusOf(signed({}, "HS256", "x".repeat(43)))).toBe(401);
  for (const changed of [
    { iss: "another" },
    { exp: undefined },
    { exp: exp - 120 },
    { ver: 1 },
    { ver: "0" },
    { ver: undefined },
    { sub: "nobody" },
    { sub: undefined },
  ]) {
    expect(await statusOf(signed(changed))).toBe(401);
  }
  const unsigned = `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(claims))}.`.replaceAll("=", "");
  expect(await statusOf(unsigned)).toBe(401);
});

test("disabling ends tokens and refuses the API key", async () => {
  using api = openTestApi();
  const { token, customer } = await api.givenSignup();
  await api.hub.operator.disable("ann@example.com");
  expect((await api.call(me, { token })).body.code).toBe("invalid_credentials");
  const byKey = await api.call(me, { headers: { "x-api-key": customer.apiKey } });
  expect(byKey).toMatchObject({ status: 403, body: { code: "customer_disabled" } });
  const login = await api.call("POST /auth/login", {
    body: { email: "ann@example.com", password: PASSWORD },
  });
  expect(login).toMatchObject({ status: 403, body: { code: "customer_disabled" } });
});

test("a publisher is known by its key in three headers, and a customer's credential is none", async () => {
  using api = openTestApi();
  const { token, customer } = await api.givenSignup();
  const { key } = await api.hub.publishers.add("site");
  const callWith = (headers: Record<string, string>) =>
    api.credentials.publisher(new Request("http://localhost/", { headers }));
  for (const headers of [
    { authorization: `Bearer ${key}` },
    { "x-api-key": key },
    { authorization: `Basic ${btoa(`anyone:${key}`)}` },
    { authorization: `basic ${btoa(`:${key}`)}` },
  ]) {
    expect(callWith(headers as Record<string, string>)).toMatchObject({ name: "site" });
  }
  for (const headers of [
    { authorization: `Bearer ${token}` },
    { "x-api-key": customer.apiKey },
    { authorization: `Basic ${btoa(`${key}:`)}` },
    { authorization: `Digest ${key}` },
    { authorization: key },
  ]) {
    const problem = await problemOf(() => callWith(headers as Record<string, string>));
    expect(problem.code).toBe("invalid_credentials");
  }
  expect((await problemOf(() => callWith({}))).code).toBe("missing_credentials");
});

/** Signed by hand, so that it can be wrong in any way. */
function tokenOf(claims: object, alg: "HS256" | "HS512", key: string): string {
  const [head, body] = [{ alg }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  const hash = alg === "HS256" ? "sha256" : "sha512";
  return `${head}.${body}.${createHmac(hash, key).update(`${head}.${body}`).digest("base64url")}`;
}
