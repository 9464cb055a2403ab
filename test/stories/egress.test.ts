import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realSeams } from "../../src/seams.ts";
import { authority, namedCertificate, receiverCertificate } from "../support/certificates.ts";
import { startHubProcess } from "../support/hub-process.ts";
import { OK, type RawServer, startRawServer } from "../support/raw-server.ts";
import { startReceiver } from "../support/receiver.ts";
import { SECOND, startTestApp, type TestApp } from "../support/test-app.ts";

const SOLD = "ae.asset.deal.sold.ams";
const NAME = "hooks.example.com";

/** Open to webhooks; all else of loopback is private to this machine, as for any hub. */
const OPEN = "127.0.0.1";
const PRIVATE = "127.0.0.2";
const PRIVATE_V6 = "::1";

const FAILED = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";

/** A resolver that gives these answers one after another, the last one for ever, and counts. */
function resolverOf(answers: string[][]) {
  const asked: string[] = [];
  const resolve = async (hostname: string) => {
    asked.push(hostname);
    return answers[Math.min(asked.length, answers.length) - 1] ?? [];
  };
  return { asked, resolve };
}

/** A server on the open address, and traps on the same port of the private ones. */
async function startServers(answer: string) {
  const behaviour = { onRequest: ({ socket }: RawServer["requests"][number]) => void socket.write(answer) };
  const open = await startRawServer({ ...behaviour, host: OPEN });
  const traps = await Promise.all(
    [PRIVATE, PRIVATE_V6].map((host) => startRawServer({ host, port: open.port })),
  );
  return {
    port: open.port,
    open,
    trapped: () => traps.reduce((sum, { connections }) => sum + connections, 0),
    async [Symbol.asyncDispose]() {
      for (const each of [open, ...traps]) await each[Symbol.asyncDispose]();
    },
  };
}

const startGuardedApp = (resolve: (hostname: string) => Promise<string[]>) =>
  startTestApp({ env: { ALLOW_TARGETS: OPEN }, seams: { resolve } });

async function outcomesOf(app: TestApp, token: string) {
  const [delivery] = await app.deliveriesOf(token);
  const { json } = await app.call("GET", `/deliveries/${delivery?.deliveryId}`, { auth: token });
  return json().attemptLog.map(({ outcome }: { outcome: string }) => outcome);
}

test.each([
  ["turns to a private address", [[OPEN], [OPEN], [PRIVATE]], ["rejected", "blocked", "blocked"]],
  ["turns to a private IPv6 address", [[OPEN], [OPEN], [PRIVATE_V6]], ["rejected", "blocked", "blocked"]],
  ["is private first and then open", [[OPEN], [PRIVATE], [OPEN]], ["blocked", "rejected", "rejected"]],
  ["turns there and back", [[OPEN], [OPEN], [PRIVATE], [OPEN]], ["rejected", "blocked", "rejected"]],
  ["hides a private address behind an open one", [[OPEN], [OPEN, PRIVATE]], Array(3).fill("blocked")],
  ["hides an open address behind a private one", [[OPEN], [PRIVATE, OPEN]], Array(3).fill("blocked")],
  ["has a private address in a mapped form", [[OPEN], ["::ffff:7f00:2"]], Array(3).fill("blocked")],
  ["vanishes", [[OPEN], []], Array(3).fill("dns")],
])(
  "a name that %s is looked up once an attempt, and never called where it must not be",
  async (_, answers, outcomes) => {
    const { asked, resolve } = resolverOf(answers);
    await using servers = await startServers(FAILED);
    await using app = await startGuardedApp(resolve);
    const { token } = await app.givenCustomer();
    await app.givenSubscription(token, { url: `http://${NAME}:${servers.port}/hook` });
    expect(asked).toEqual([NAME]);
    await app.publish({ eventType: SOLD });
    await app.advance(35 * SECOND);
    expect(await outcomesOf(app, token)).toEqual(outcomes);
    expect(asked).toEqual(Array(4).fill(NAME)); // when it was saved, and three attempts
    expect(servers.open.requests).toHaveLength(outcomes.filter((each) => each === "rejected").length);
    expect(servers.trapped()).toBe(0);
  },
);

test("a name that is private when it is saved is refused then", async () => {
  const { resolve } = resolverOf([[PRIVATE]]);
  await using app = await startGuardedApp(resolve);
  const { token } = await app.givenCustomer();
  const body = { eventType: SOLD, webhookUrl: `https://${NAME}/hook` };
  const answer = await app.call("PUT", "/subscriptions/sandbox", { auth: token, body });
  expect([answer.status, answer.json().code]).toEqual([422, "refused_target"]);
});

test("a redirect is a failure, wherever it leads", async () => {
  const { asked, resolve } = resolverOf([[OPEN]]);
  await using elsewhere = await startRawServer({ host: OPEN });
  const location = `http://${OPEN}:${elsewhere.port}/`;
  await using servers = await startServers(
    `HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`,
  );
  await using app = await startGuardedApp(resolve);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: `http://${NAME}:${servers.port}/hook` });
  await app.publish({ eventType: SOLD });
  await app.advance(35 * SECOND);
  expect(await app.deadLettersOf(token)).toMatchObject([{ failureReason: "HTTP 302: Found" }]);
  expect([servers.open.requests.length, elsewhere.connections, asked.length]).toEqual([3, 0, 4]);
});

test("over https the checked address is called by its name, and must prove that name", async () => {
  const { resolve } = resolverOf([[OPEN]]);
  const seams = { fetch: realSeams({ ca: authority }).fetch, resolve };
  await using app = await startTestApp({ env: { ALLOW_TARGETS: OPEN }, seams });
  await using right = await startRawServer({ host: OPEN, tls: { cert: receiverCertificate } });
  await using wrong = await startRawServer({ host: OPEN, tls: { cert: namedCertificate } });
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: `https://${NAME}:${right.port}/hook` });
  await app.publish({ eventType: SOLD });
  await app.idle();
  expect(await outcomesOf(app, token)).toEqual(["accepted"]);
  expect(right.requests[0]?.serverName).toBe(NAME);
  expect(right.requests[0]?.head).toContain(`\r\nHost: ${NAME}:${right.port}\r\n`);

  await app.givenSubscription(token, { url: `https://evil.example.com:${wrong.port}/hook` });
  await app.publish({ eventType: SOLD });
  await app.advance(35 * SECOND);
  expect(await app.deadLettersOf(token)).toMatchObject([
    { failureReason: "TLS: certificate is for another name" },
  ]);
  expect(wrong.requests).toEqual([]);
});

test("a hub that was started beside a proxy does not use it", async () => {
  await using proxy = await startRawServer({ onRequest: ({ socket }) => void socket.write(OK) });
  await using receiver = startReceiver();
  const dataDir = mkdtempSync(join(tmpdir(), "lanehook-test-"));
  try {
    const url = `http://127.0.0.1:${proxy.port}`;
    const names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    const proxies = Object.fromEntries(names.map((name) => [name, url]));
    const PUBLISH_KEY = "test-publish-key-0123456789";
    await using hub = await startHubProcess({ DATA_DIR: dataDir, PUBLISH_KEY, MIN_FREE_MB: "0", ...proxies });
    const account = { email: "dealer@example.com", name: "Acme Auto", password: "correct horse battery" };
    const { token } = await hub.call("POST", "/auth/signup", { body: account });
    const body = { eventType: SOLD, webhookUrl: receiver.url };
    await hub.call("PUT", "/subscriptions/production", { auth: token, body });
    await hub.call("POST", "/events", { auth: PUBLISH_KEY, body: { eventType: SOLD, payload: {} } });
    await receiver.got(1);
    expect(proxy.connections).toBe(0);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
