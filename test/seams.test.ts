import { describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { type PinnedInit, realSeams } from "../src/seams.ts";
import { authority, namedCertificate, receiverCertificate } from "./support/certificates.ts";
import { startRawServer } from "./support/raw-server.ts";

const trusting = realSeams({ ca: authority });
const address = "127.0.0.1";

const post = (init: Partial<PinnedInit> = {}): PinnedInit => ({
  method: "POST",
  headers: {},
  body: '{"a":1}',
  signal: AbortSignal.timeout(10_000),
  ...init,
});

const headersOf = (head = "") =>
  Object.fromEntries(
    head
      .split("\r\n")
      .slice(1)
      .map((line) => line.split(/: (.*)/).slice(0, 2))
      .map(([name = "", value]) => [name.toLowerCase(), value]),
  );

/** Names a proxy in every way there is, until its owner goes. */
function proxiesInEnvironment(url: string): Disposable {
  const names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
  const before = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) process.env[name] = url;
  return {
    [Symbol.dispose]() {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    },
  };
}

describe("a pinned fetch over http", () => {
  test("calls the address and names the host of the URL, with its port", async () => {
    await using server = await startRawServer();
    const url = new URL(`http://hooks.example.com:${server.port}/in/../hook?x=1&y=%20#part`);
    const response = await trusting.fetch({ url, address }, post({ headers: { "X-Webhook-Event": "a.b" } }));
    expect([response.status, await response.text()]).toEqual([200, "ok"]);
    const [request] = server.requests;
    expect(request?.head).toStartWith("POST /hook?x=1&y=%20 HTTP/1.1\r\n");
    expect(headersOf(request?.head)).toMatchObject({
      host: `hooks.example.com:${server.port}`,
      "x-webhook-event": "a.b",
      "accept-encoding": "identity",
      "content-length": "7",
    });
  });

  test("the caller's headers cannot replace the host, and credentials of the URL are not sent", async () => {
    await using server = await startRawServer();
    const url = new URL(`http://user:secret@hooks.example.com:${server.port}/`);
    const headers = { host: "evil.example.com", "accept-encoding": "gzip" };
    await trusting.fetch({ url, address }, post({ headers }));
    const sent = headersOf(server.requests[0]?.head);
    expect(sent.host).toBe(`hooks.example.com:${server.port}`);
    expect(sent["accept-encoding"]).toBe("identity");
    expect(sent.authorization).toBeUndefined();
    expect(server.requests[0]?.head.match(/^host:/gim)).toHaveLength(1);
  });

  test("calls IPv6 addresses", async () => {
    await using server = await startRawServer({ host: "::1" });
    const url = new URL(`http://[::1]:${server.port}/`);
    const response = await trusting.fetch({ url, address: "::1" }, post());
    expect(response.status).toBe(200);
    expect(headersOf(server.requests[0]?.head).host).toBe(`[::1]:${server.port}`);
  });

  test("calls nothing but an address, by nothing but http and https", async () => {
    const url = new URL("http://hooks.example.com/");
    for (const address of ["localhost", "", "127.1", "[::1]", "fe80::1%lo", "127.0.0.1@8.8.8.8"]) {
      await expect(trusting.fetch({ url, address }, post())).rejects.toThrow();
    }
    await expect(trusting.fetch({ url: new URL("file:///etc/hostname"), address }, post())).rejects.toThrow();
  });

  test("does not follow a redirect", async () => {
    await using elsewhere = await startRawServer();
    const location = `http://127.0.0.1:${elsewhere.port}/`;
    await using server = await startRawServer({
      onRequest: ({ socket }) =>
        socket.write(`HTTP/1.1 307 Temporary Redirect\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`),
    });
    const url = new URL(`http://hooks.example.com:${server.port}/`);
    const response = await trusting.fetch({ url, address }, post());
    expect([response.status, response.headers.get("location")]).toEqual([307, location]);
    expect(elsewhere.connections).toBe(0);
  });

  test("ignores the proxies of the environment", async () => {
    await using proxy = await startRawServer();
    await using server = await startRawServer();
    await using secure = await startRawServer({ tls: { cert: receiverCertificate } });
    using _ = proxiesInEnvironment(`http://127.0.0.1:${proxy.port}`);
    const { fetch } = realSeams({ ca: authority });
    for (const to of [
      `http://hooks.example.com:${server.port}/`,
      `https://hooks.example.com:${secure.port}/`,
    ])
      expect((await fetch({ url: new URL(to), address }, post())).status).toBe(200);
    expect([server.connections, secure.connections, proxy.connections]).toEqual([1, 1, 0]);
  });

  test("keeps a connection for the next request", async () => {
    await using server = await startRawServer();
    const url = new URL(`http://hooks.example.com:${server.port}/`);
    for (let request = 0; request < 5; request++) {
      const response = await trusting.fetch({ url, address }, post());
      await response.text();
    }
    expect([server.requests.length, server.connections]).toEqual([5, 1]);
  });

  test("does not unfold a compressed answer", async () => {
    const packed = gzipSync(Buffer.alloc(5_000_000));
    await using server = await startRawServer({
      onRequest: ({ socket }) => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`);
        socket.write(packed);
      },
    });
    const url = new URL(`http://hooks.example.com:${server.port}/`);
    const response = await trusting.fetch({ url, address }, post());
    expect((await response.bytes()).length).toBe(packed.length);
  });

  test("a signal ends a request that is never answered", async () => {
    const stop = new AbortController();
    await using server = await startRawServer({ onRequest: () => stop.abort() });
    const url = new URL(`http://hooks.example.com:${server.port}/`);
    const response = trusting.fetch({ url, address }, post({ signal: stop.signal }));
    await expect(response).rejects.toMatchObject({ name: "AbortError" });
  });

  test("a signal ends an answer that never ends", async () => {
    const stop = new AbortController();
    await using server = await startRawServer({
      onRequest: ({ socket }) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"),
    });
    const url = new URL(`http://hooks.example.com:${server.port}/`);
    const response = await trusting.fetch({ url, address }, post({ signal: stop.signal }));
    const text = response.text();
    stop.abort();
    await expect(text).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("a pinned fetch over https", () => {
  const receiver = { tls: { cert: receiverCertificate } };
  const wrongName = { code: "ERR_TLS_CERT_ALTNAME_INVALID" };

  test.each(["hooks.example.com", "hooks.example.com."])(
    "asks %s by name and keeps the connection",
    async (host) => {
      await using server = await startRawServer(receiver);
      const url = new URL(`https://${host}:${server.port}/hook`);
      for (let request = 0; request < 3; request++) {
        expect(await (await trusting.fetch({ url, address }, post())).text()).toBe("ok");
      }
      expect(server.requests.map(({ serverName }) => serverName)).toEqual(Array(3).fill("hooks.example.com"));
      expect(headersOf(server.requests[0]?.head).host).toBe(`${host}:${server.port}`);
      expect(server.connections).toBe(1);
    },
  );

  test("a certificate for another name is refused, also beside an open connection for the right one", async () => {
    await using server = await startRawServer(receiver);
    const to = (host: string) => ({ url: new URL(`https://${host}:${server.port}/`), address });
    await (await trusting.fetch(to("hooks.example.com"), post())).text();
    await expect(trusting.fetch(to("evil.example.com"), post())).rejects.toMatchObject(wrongName);
    await (await trusting.fetch(to("other.example.com"), post())).text();
    const names = server.requests.map(({ serverName }) => serverName);
    expect(names).toEqual(["hooks.example.com", "other.example.com"]); // each by a handshake of its own
  });

  test("an address as host needs a certificate that names the address", async () => {
    await using server = await startRawServer(receiver);
    const url = new URL(`https://127.0.0.1:${server.port}/`);
    expect((await trusting.fetch({ url, address }, post())).status).toBe(200);
    expect(server.requests[0]?.serverName).toBeNull();

    await using named = await startRawServer({ tls: { cert: namedCertificate } });
    const to = (host: string) => ({ url: new URL(`https://${host}:${named.port}/`), address });
    await (await trusting.fetch(to("hooks.example.com"), post())).text();
    await expect(trusting.fetch(to("127.0.0.1"), post())).rejects.toMatchObject(wrongName);
    expect(named.requests).toHaveLength(1);
  });

  test("IPv6 works with a name and without", async () => {
    await using server = await startRawServer({ ...receiver, host: "::1" });
    for (const host of ["hooks.example.com", "[::1]"]) {
      const url = new URL(`https://${host}:${server.port}/`);
      expect((await trusting.fetch({ url, address: "::1" }, post())).status).toBe(200);
    }
    expect(server.requests.map(({ serverName }) => serverName)).toEqual(["hooks.example.com", null]);
  });

  test("an authority that nobody trusts is refused before anything is sent", async () => {
    await using server = await startRawServer(receiver);
    const url = new URL(`https://hooks.example.com:${server.port}/`);
    await expect(realSeams().fetch({ url, address }, post())).rejects.toMatchObject({
      code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    });
    expect(server.requests).toEqual([]);
  });
});

describe("the other seams", () => {
  const { clock, newId, randomBytes, resolve } = trusting;

  test("a timer longer than the system's longest does not fire at once, and can be cancelled", async () => {
    const fired: string[] = [];
    const cancels = [2 ** 31, 2 ** 40, Number.POSITIVE_INFINITY].map((delay) =>
      clock.setTimer(delay, () => fired.push("long")),
    );
    await new Promise<void>((done) => clock.setTimer(5, done));
    for (const cancel of cancels) cancel();
    expect(fired).toEqual([]);
  });

  test("a cancelled timer never runs, and a delay in the past runs soon", async () => {
    const fired: string[] = [];
    const cancel = clock.setTimer(0, () => fired.push("cancelled"));
    cancel();
    await new Promise<void>((done) => clock.setTimer(-5, done));
    expect(fired).toEqual([]);
  });

  test("sleeping ends with its time or with its signal", async () => {
    await clock.sleep(1);
    await clock.sleep(2 ** 40, AbortSignal.abort());
    const stop = new AbortController();
    const sleeping = clock.sleep(2 ** 40, stop.signal);
    stop.abort();
    await sleeping;
  });

  test("the clock tells UTC, and durations do not go back", () => {
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
    expect(clock.monotonic()).toBeLessThanOrEqual(clock.monotonic());
  });

  test("ids are UUIDv7 and grow", () => {
    const ids = Array.from({ length: 1000 }, newId);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([...new Set(ids)].sort()).toEqual(ids);
  });

  test("random bytes are as many as asked for, and never the same", () => {
    expect(randomBytes(32)).toHaveLength(32);
    expect(randomBytes(32)).not.toEqual(randomBytes(32));
  });

  test.each(["localhost", "hub.localhost"])("%s resolves to loopback", async (name) => {
    const addresses = await resolve(name);
    expect(addresses.length).toBeGreaterThan(0);
    for (const each of addresses) expect(["127.0.0.1", "::1"]).toContain(each);
  });
});
