import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MAX_ENDED_TOKENS } from "../../src/customers/ended-tokens.ts";
import { sealerFrom } from "../../src/sealer.ts";
import { problemIn } from "../support/problem.ts";
import { openStream } from "../support/stream-reader.ts";
import { SECOND, startTestApp, type TestApp } from "../support/test-app.ts";
import { TestClock } from "../support/test-clock.ts";

const PASSWORD = "correct horse battery";
const DAY = 86_400 * SECOND;

interface Session extends Record<string, string> {
  cookie: string;
}

async function signIn(app: TestApp, email: string): Promise<Session> {
  const { headers } = await app.call("POST", "/session", { body: { email, password: PASSWORD } });
  return { cookie: headers.get("set-cookie")?.split(";")[0] ?? "" };
}

const signOut = (app: TestApp, session: Session) =>
  app.call("DELETE", "/session", { headers: { ...session, "x-requested-with": "lanehook" } });

/** What the hub says to it now. */
const stateOf = async (app: TestApp, session: Session) =>
  problemIn(await app.call("GET", "/session", { headers: session }));

const ENDED = "401 invalid_credentials";

test("signing out ends the cookie's token for good, and no other", async () => {
  await using app = await startTestApp();
  const { email, token, apiKey } = await app.givenCustomer();
  const [one, other] = [await signIn(app, email), await signIn(app, email)];
  expect(one.cookie).not.toBe(other.cookie);
  expect((await signOut(app, one)).status).toBe(204);
  expect(await stateOf(app, one)).toBe(ENDED);
  const stolen = one.cookie.split("=")[1] ?? "";
  expect(problemIn(await app.call("GET", "/auth/me", { auth: stolen }))).toBe(ENDED);
  expect((await signOut(app, one)).status).toBe(204); // again, without a word

  expect((await app.call("GET", "/session", { headers: other })).status).toBe(200);
  expect((await app.call("GET", "/auth/me", { auth: token })).status).toBe(200);
  expect((await app.call("GET", "/auth/me", { headers: { "x-api-key": apiKey } })).status).toBe(200);
  expect((await signOut(app, { cookie: "" })).status).toBe(204);
  expect((await signOut(app, { cookie: "lanehook_session=nonsense" })).status).toBe(204);
});

test("it stays ended over a restart, and is forgotten once it would have ended anyway", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "lanehook-test-"));
  const clock = new TestClock();
  const start = () => startTestApp({ dataDir, clock });
  let app = await start();
  const { email } = await app.givenCustomer();
  const [ended, live] = [await signIn(app, email), await signIn(app, email)];
  await signOut(app, ended);
  await app.stop();
  app = await start();
  expect(await stateOf(app, ended)).toBe(ENDED);
  expect((await app.call("GET", "/session", { headers: live })).status).toBe(200);
  clock.advance(7 * DAY);
  expect(await stateOf(app, live)).toBe(ENDED);
  await signOut(app, await signIn(app, email));
  using sqlite = new Database(join(dataDir, "lanehook.db"), { readonly: true });
  expect(sqlite.query("SELECT count(*) AS kept FROM ended_tokens").get()).toEqual({ kept: 1 });
  await app.stop();
  rmSync(dataDir, { recursive: true });
});

test("its streams end with it, those of other sessions go on", async () => {
  await using app = await startTestApp();
  const { email } = await app.givenCustomer();
  const [one, other] = [await signIn(app, email), await signIn(app, email)];
  await using stream = await openStream(app.api, one);
  await using going = await openStream(app.api, other);
  await signOut(app, one);
  await app.advance(1 * SECOND);
  await stream.next("expired");
  await app.advance(15 * SECOND);
  await going.next("ping");
  expect(going.events.some(({ event }) => event === "expired")).toBe(false);
});

test("who signs out again and again is not remembered without end: then all of its tokens end", async () => {
  await using app = await startTestApp();
  const { email, token } = await app.givenCustomer();
  const stranger = await app.givenCustomer();
  const first = await signIn(app, email);
  await signOut(app, first);
  for (let each = 1; each < MAX_ENDED_TOKENS; each++) await signOut(app, await signIn(app, email));
  expect((await app.call("GET", "/auth/me", { auth: token })).status).toBe(200);
  const last = await signIn(app, email);
  await signOut(app, last);
  for (const session of [first, last]) expect(await stateOf(app, session)).toBe(ENDED);
  expect(problemIn(await app.call("GET", "/auth/me", { auth: token }))).toBe(ENDED);
  expect((await app.call("GET", "/auth/me", { auth: stranger.token })).status).toBe(200);
  const again = await signIn(app, email);
  expect((await app.call("GET", "/session", { headers: again })).status).toBe(200);
}, 60_000);

test("a token that an older hub made, without an id, is good until it ends; signing out clears its cookie", async () => {
  const SECRET_KEY = "a secret key of more than 32 characters";
  await using app = await startTestApp({ env: { SECRET_KEY } });
  const { customerId } = await app.givenCustomer();
  const parts = [
    { alg: "HS256", typ: "JWT" },
    { iss: "lanehook", sub: customerId, ver: 0, exp: app.clock.now() / 1000 + 60 },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  const { tokenKey } = sealerFrom(SECRET_KEY, randomBytes);
  const signature = createHmac("sha256", tokenKey).update(parts.join(".")).digest("base64url");
  const session = { cookie: `lanehook_session=${[...parts, signature].join(".")}` };
  expect((await app.call("GET", "/session", { headers: session })).status).toBe(200);
  const signedOut = await signOut(app, session);
  expect(signedOut.headers.get("set-cookie")).toStartWith("lanehook_session=; Path=/; Max-Age=0;");
  app.clock.advance(60 * SECOND);
  expect(await stateOf(app, session)).toBe(ENDED);
});
