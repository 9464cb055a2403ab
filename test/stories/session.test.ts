import { expect, test } from "bun:test";
import { problemIn } from "../support/problem.ts";
import { PUBLISH_KEY, SECOND, startTestApp, type TestApp } from "../support/test-app.ts";

const PASSWORD = "correct horse battery";
const DAY = 86_400 * SECOND;

const marked = { "x-requested-with": "lanehook" };

/** Signs in as a browser does, and gives its Cookie header. */
async function signIn(app: TestApp, email: string): Promise<{ cookie: string }> {
  const answer = await app.call("POST", "/session", { body: { email, password: PASSWORD } });
  expect(answer.status).toBe(204);
  return { cookie: cookieIn(answer) };
}

const cookieIn = ({ headers }: { headers: Headers }) => headers.get("set-cookie")?.split(";")[0] ?? "";

test("a browser signs up, is known by its cookie, and signs out", async () => {
  await using app = await startTestApp();
  expect(problemIn(await app.call("GET", "/session"))).toBe("401 missing_credentials");
  expect((await app.call("GET", "/session/options")).json()).toMatchObject({ signup: "open" });

  const body = { email: "Browser@Example.com", name: "Acme Auto", password: PASSWORD };
  const signedUp = await app.call("POST", "/session/signup", { body });
  const customer = { email: "Browser@Example.com", name: "Acme Auto" };
  expect({ ...signedUp.json(), status: signedUp.status }).toMatchObject({ status: 201, customer });
  expect(signedUp.headers.get("set-cookie")).toMatch(
    /^lanehook_session=[\w.-]+; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/,
  );
  expect(signedUp.text).not.toContain(cookieIn(signedUp).split("=")[1] ?? "");

  const cookie = cookieIn(signedUp);
  const session = await app.call("GET", "/session", { headers: { cookie: `theme=dark; ${cookie}; a=b` } });
  expect(session.json()).toMatchObject({
    customer,
    expiresAt: "2026-01-08T00:00:00.000Z",
    signup: "open",
    auctionIdsMode: "self",
  });
  const put = await app.call("PUT", "/customers/me/auction-ids", {
    headers: { cookie, ...marked, origin: app.origin, "sec-fetch-site": "same-origin" },
    body: { auctionIds: ["daanw"] },
  });
  expect(put.json()).toEqual({ auctionIds: ["daanw"] });

  const signedOut = await app.call("DELETE", "/session", { headers: { cookie, ...marked } });
  expect(signedOut.status).toBe(204);
  expect(signedOut.headers.get("set-cookie")).toStartWith("lanehook_session=; Path=/; Max-Age=0;");
});

test("with the cookie, whatever does more than read must come from the hub's own pages", async () => {
  await using app = await startTestApp();
  const { email } = await app.givenCustomer();
  const session = await signIn(app, email);
  const put = (headers: Record<string, string>) =>
    app.call("PUT", "/customers/me/auction-ids", {
      headers: { ...session, ...headers },
      body: { auctionIds: ["stolen"] },
    });
  const port = new URL(app.origin).port;
  for (const headers of [
    {},
    { origin: app.origin },
    { "x-requested-with": "XMLHttpRequest" },
    { ...marked, origin: "https://evil.example" },
    { ...marked, origin: `http://127.0.0.1:${Number(port) + 1}` },
    { ...marked, origin: "null" },
    { ...marked, "sec-fetch-site": "cross-site" },
    { ...marked, "sec-fetch-site": "same-site", origin: `http://localhost:${port}` },
    { ...marked, "sec-fetch-site": "none" },
  ]) {
    expect(problemIn(await put(headers as Record<string, string>))).toBe("403 cross_site");
  }
  for (const [method, path] of [
    ["DELETE", "/session"],
    ["POST", "/customers/me/api-key/rotate"],
    ["POST", "/subscriptions/promote"],
    ["DELETE", "/connectors/any"],
  ] as const) {
    expect(problemIn(await app.call(method, path, { headers: session }))).toBe("403 cross_site");
  }
  expect((await app.call("GET", "/customers/me/auction-ids", { headers: session })).json()).toEqual({
    auctionIds: ["daanw"],
  });
  expect((await put(marked)).status).toBe(200);
  expect((await put({ ...marked, origin: app.origin })).status).toBe(200);
});

test("a page of another site signs nobody in", async () => {
  await using app = await startTestApp();
  const { email } = await app.givenCustomer();
  const foreign = { origin: "https://evil.example" };
  const body = { email, password: PASSWORD };
  const signIn = await app.call("POST", "/session", { body, headers: foreign });
  expect(problemIn(signIn)).toBe("403 cross_site");
  expect(signIn.headers.get("set-cookie")).toBeNull();
  const signUp = { email: "new@example.com", name: "New", password: PASSWORD };
  for (const headers of [foreign, { "sec-fetch-site": "cross-site" }]) {
    const answer = await app.call("POST", "/session/signup", {
      body: signUp,
      headers: headers as Record<string, string>,
    });
    expect(problemIn(answer)).toBe("403 cross_site");
  }
});

test("behind a proxy, PUBLIC_URL is the hub's own site too, and https makes the cookie secure", async () => {
  await using app = await startTestApp({
    env: { PUBLIC_URL: "https://hub.example.com", TRUST_PROXY: "127.0.0.0/8" },
  });
  const { email } = await app.givenCustomer();
  const body = { email, password: PASSWORD };
  const byHttps = { "x-forwarded-proto": "https", origin: "https://hub.example.com" };
  const secure = await app.call("POST", "/session", { body, headers: byHttps });
  expect(secure.headers.get("set-cookie")).toEndWith("; HttpOnly; SameSite=Strict; Secure");
  const plain = await app.call("POST", "/session", { body });
  expect(plain.headers.get("set-cookie")).not.toContain("Secure");

  await using untrusting = await startTestApp();
  const other = await untrusting.givenCustomer();
  const forged = await untrusting.call("POST", "/session", {
    body: { email: other.email, password: PASSWORD },
    headers: { "x-forwarded-proto": "https" },
  });
  expect(forged.headers.get("set-cookie")).not.toContain("Secure");
});

test("a session ends after seven days, with a new password, and when the account is disabled", async () => {
  await using app = await startTestApp();
  const { email, customerId } = await app.givenCustomer();
  const statusWith = async (session: { cookie: string }) =>
    problemIn(await app.call("GET", "/session", { headers: session }));

  const old = await signIn(app, email);
  app.clock.advance(7 * DAY);
  expect(await statusWith(old)).toBe("401 invalid_credentials");

  const changed = await signIn(app, email);
  await app.call("POST", "/auth/password", {
    headers: { ...changed, ...marked },
    body: { currentPassword: PASSWORD, newPassword: "another long one" },
  });
  expect(await statusWith(changed)).toBe("401 invalid_credentials");
  const again = await app.call("POST", "/session", { body: { email, password: "another long one" } });
  await app.app.operator.disable(customerId);
  expect(await statusWith({ cookie: cookieIn(again) })).toBe("401 invalid_credentials");
  expect(await statusWith({ cookie: "lanehook_session=nonsense" })).toBe("401 invalid_credentials");
  expect(await statusWith({ cookie: "lanehook_session=" })).toBe("401 missing_credentials");
});

test("a header goes before the cookie, and publishers never sign in by cookie", async () => {
  await using app = await startTestApp();
  const { email, apiKey } = await app.givenCustomer();
  const other = await app.givenCustomer();
  const session = await signIn(app, email);
  const as = async (headers: Record<string, string>) =>
    (await app.call("GET", "/session", { headers: { ...session, ...headers } })).json();
  expect(await as({})).toMatchObject({ customer: { email } });
  expect(await as({ authorization: `Bearer ${other.token}` })).toMatchObject({
    customer: { email: other.email },
  });
  expect(await as({ "x-api-key": other.apiKey })).toMatchObject({
    customer: { email: other.email },
    expiresAt: null,
  });
  expect(await as({ authorization: "Bearer nonsense" })).toMatchObject({ code: "invalid_credentials" });
  const rotate = await app.call("POST", "/customers/me/api-key/rotate", {
    headers: { ...session, "x-api-key": apiKey }, // no page sends this, so nothing marks it
  });
  expect(rotate.status).toBe(200);

  const event = { eventType: "ae.asset.deal.sold.ams", payload: {} };
  for (const cookie of [session.cookie, `lanehook_session=${PUBLISH_KEY}`]) {
    const answer = await app.call("POST", "/events", { headers: { cookie, ...marked }, body: event });
    expect(problemIn(answer)).toBe("401 missing_credentials");
  }
});

test("failed sign-ins count like failed logins, and signup can be closed", async () => {
  await using app = await startTestApp({ env: { LOGIN_LIMIT_PER_EMAIL: "2", SIGNUP: "closed" } });
  const { customer, password } = await app.app.operator.addCustomer({ email: "a@example.com", name: "A" });
  const signIn = (given: string | null) =>
    app.call("POST", "/session", { body: { email: customer.email, password: given } });
  expect((await signIn(password)).status).toBe(204);
  for (let each = 0; each < 2; each++)
    expect(problemIn(await signIn("wrong"))).toBe("401 invalid_credentials");
  expect(problemIn(await signIn(password))).toBe("429 too_many_requests");
  const body = { email: "b@example.com", name: "B", password: PASSWORD };
  expect(problemIn(await app.call("POST", "/session/signup", { body }))).toBe("403 signup_closed");
  expect((await app.call("GET", "/session/options")).json()).toMatchObject({ signup: "closed" });
});
