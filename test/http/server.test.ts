import { expect, test } from "bun:test";
import { connectRaw } from "./raw-client.ts";
import { openStubServer } from "./stub-server.ts";

const publisher = { publisher: () => ({ name: "default" }) } as never;
const get = (path: string, host = "hub.example") => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

async function listening(given: Parameters<typeof openStubServer>[0] = {}) {
  const server = openStubServer(given);
  const { port } = await server.listen("127.0.0.1", 0);
  return { server, port, origin: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => server.stop() };
}

test("health needs no credential", async () => {
  await using hub = await listening();
  const response = await fetch(`${hub.origin}/api/health`);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: "ok" });
});

test("the event catalog lists, and finds by name", async () => {
  const customer = { customer: async () => ({ id: 1 }) } as never;
  await using hub = await listening({ credentials: customer });
  const listing = await (await fetch(`${hub.origin}/api/event-catalog`)).json();
  expect(listing).toMatchObject({ domains: expect.any(Array), byDomain: expect.any(Object) });
  const name = (listing as { eventTypes: { eventType: string }[] }).eventTypes[0]?.eventType;
  const entry = await (await fetch(`${hub.origin}/api/event-catalog/${name}`)).json();
  expect(entry).toMatchObject({ eventType: name, schema: { type: "object" }, example: {} });
  const missing = await fetch(`${hub.origin}/api/event-catalog/ae.no.such`);
  expect([missing.status, await missing.json()]).toMatchObject([404, { code: "event_type_not_found" }]);
});

test.each(["a", "hub", "localhost:8080", "[::1]:8080"])(
  "a request for host %s finds its route",
  async (host) => {
    await using hub = await listening();
    const client = await connectRaw(hub.port);
    client.write(get("/api/health", host));
    expect(await client.receivedUntil('{"status":"ok"}')).toStartWith("HTTP/1.1 200");
    client.abort();
  },
);

test.each(["/api/health", "/docs", "/openapi.json", "/nowhere", "/api/deliveries"])(
  "%s comes with the security headers, once each",
  async (path) => {
    await using hub = await listening();
    const { headers } = await fetch(hub.origin + path);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.has("x-powered-by")).toBe(false);
  },
);

test.each([
  "/api/health?x=%zz",
  "/api/event-catalog/%E0%A4%A",
  "/api/deliveries?eventType=%ff",
  "/api/events?eventType=a.b&x=%",
  "/nowhere/%ed%a0%80",
  "/docs%c0%80",
  "/?%",
])("%s is not valid percent-encoding, whether anybody reads it or not: 400", async (path) => {
  await using hub = await listening();
  const client = await connectRaw(hub.port); // fetch would mend some of them
  client.write(get(path));
  const answer = await client.receivedUntil('"code":"bad_request"');
  expect(answer).toStartWith("HTTP/1.1 400 Bad Request\r\n");
  expect(answer).toMatch(/content-type: application\/problem\+json/i);
  expect(answer).toContain('"code":"bad_request"');
  client.abort();
});

test("what breaks behind a route says nothing of itself", async () => {
  await using hub = await listening();
  const response = await fetch(`${hub.origin}/api/auth/me`);
  expect(response.status).toBe(500);
  expect(await response.text()).not.toMatch(/SELECT|vault|\.ts/);
});

test.each([9, 16, 40])("a publish of %i MiB is answered with a problem", async (mebibytes) => {
  await using hub = await listening({ credentials: publisher });
  const body = new Uint8Array(mebibytes * 2 ** 20);
  const response = await fetch(`${hub.origin}/api/events`, { method: "POST", body });
  expect(response.status).toBe(413);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(await response.json()).toMatchObject({ code: "request_too_large" });
});

test("a second server on the same port is refused", async () => {
  await using hub = await listening();
  expect(openStubServer().listen("127.0.0.1", hub.port)).rejects.toMatchObject({ code: "EADDRINUSE" });
});

test("stopping lets a request under way end, and takes no new one", async () => {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const customer = async () => {
    reached.resolve();
    await gate.promise;
    return { id: 1 };
  };
  const hub = await listening({ credentials: { customer } as never });
  const underWay = fetch(`${hub.origin}/api/event-catalog`);
  await reached.promise;
  const stopped = hub.server.stop();
  expect(fetch(`${hub.origin}/api/health`)).rejects.toThrow();
  gate.resolve();
  expect((await underWay).status).toBe(200);
  await stopped;
});

test("an idle connection does not hold up a stop", async () => {
  const hub = await listening();
  const client = await connectRaw(hub.port);
  client.write(get("/api/health"));
  await client.receivedUntil("ok");
  await hub.server.stop();
  await client.receivedUntil("never"); // closed
});
