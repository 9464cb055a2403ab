import { describe, expect, test } from "bun:test";
import type { UpstreamCall } from "../../src/connectors/connector.ts";
import { UpstreamError } from "../../src/connectors/upstream-error.ts";
import { MAX_ANSWER_BYTES, openUpstreams } from "../../src/intake/upstream.ts";
import { parseNetworks } from "../../src/networks.ts";
import { realSeams, type Seams } from "../../src/seams.ts";
import { authority, receiverCertificate } from "../support/certificates.ts";
import { startRawServer } from "../support/raw-server.ts";
import { TestClock } from "../support/test-clock.ts";

const LOOPBACK = parseNetworks("127.0.0.0/8");

/** Resolves every name to these addresses, a list for each look-up, the last one for ever. */
function resolving(...answers: string[][]) {
  const asked: string[] = [];
  const resolve = async (hostname: string) => {
    asked.push(hostname);
    return (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
  };
  return { asked, resolve };
}

const call = (given: Partial<UpstreamCall> = {}): UpstreamCall => ({
  url: "/items",
  signal: new AbortController().signal,
  ...given,
});

function upstreamAt(baseUrl: string, { seams = {}, allow = LOOPBACK }: Given = {}) {
  return openUpstreams({ seams: { ...realSeams({ ca: authority }), ...seams }, allowTargets: allow }).open(
    baseUrl,
    1,
  );
}

interface Given {
  seams?: Partial<Seams>;
  allow?: ReturnType<typeof parseNetworks>;
}

/** The fault that an exchange ends with, and its sentence. */
async function faultOf(exchange: Promise<unknown>): Promise<string> {
  const error = await exchange.then(
    () => null,
    (error: unknown) => error,
  );
  return error instanceof UpstreamError ? `${error.fault}: ${error.message}` : `no fault: ${error}`;
}

const linesOf = (head = "") => head.split("\r\n");

describe("an exchange", () => {
  test("goes below the base URL with its query, headers and body, and tells the answer", async () => {
    const reply =
      "HTTP/1.1 409 Conflict\r\nDate: Thu, 01 Jan 2026 00:00:07 GMT\r\nContent-Length: 4\r\n\r\nsold";
    await using server = await startRawServer({ onRequest: ({ socket }) => socket.write(reply) });
    const upstream = upstreamAt(`http://127.0.0.1:${server.port}/v1/`);
    const query = { page: 2, customerId: ["a", "b c"], none: undefined };
    const answer = await upstream.exchange(
      call({ method: "POST", url: "/items?x=1", query, headers: { "X-Kind": "toy" }, body: "{}" }),
    );
    const [line, ...headers] = linesOf(server.requests[0]?.head);
    expect(line).toBe("POST /v1/items?x=1&page=2&customerId=a&customerId=b+c HTTP/1.1");
    expect(headers.map((header) => header.toLowerCase())).toEqual(
      expect.arrayContaining(["x-kind: toy", expect.stringMatching(/^user-agent: lanehook\/\d/)]),
    );
    expect(answer.status).toBe(409);
    expect(new TextDecoder().decode(answer.body)).toBe("sold");
    expect(answer.date).toBe(Date.UTC(2026, 0, 1, 0, 0, 7));
  });

  test("takes a redirect for an answer", async () => {
    const reply = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
    await using server = await startRawServer({ onRequest: ({ socket }) => socket.write(reply) });
    const answer = await upstreamAt(`http://127.0.0.1:${server.port}`).exchange(call());
    expect([answer.status, answer.headers.get("location"), answer.date]).toEqual([
      302,
      "http://127.0.0.1:1/",
      null,
    ]);
  });

  test("speaks TLS with the name of the base URL to the address that was checked", async () => {
    await using server = await startRawServer({ tls: { cert: receiverCertificate } });
    const { asked, resolve } = resolving(["127.0.0.1"]);
    const upstream = upstreamAt(`https://hooks.example.com:${server.port}`, { seams: { resolve } });
    expect((await upstream.exchange(call())).status).toBe(200);
    expect(server.requests[0]?.serverName).toBe("hooks.example.com");
    expect(linesOf(server.requests[0]?.head)).toContain(`Host: hooks.example.com:${server.port}`);
    expect(asked).toEqual(["hooks.example.com"]);
    const other = upstreamAt(`https://not.example.com:${server.port}`, { seams: { resolve } });
    expect(await faultOf(other.exchange(call()))).toContain("unreachable");
  });

  test("that is no GET is sent once only, over a connection of its own", async () => {
    let connections = 0;
    await using server = await startRawServer({
      onConnection: () => connections++,
      onRequest: ({ head, socket }) => (head.startsWith("GET") ? socket.write(OK) : socket.destroy()),
    });
    const upstream = upstreamAt(`http://127.0.0.1:${server.port}`);
    await upstream.exchange(call());
    await upstream.exchange(call());
    expect(connections).toBe(1);
    expect(await faultOf(upstream.exchange(call({ method: "POST", body: "{}" })))).toContain("unreachable");
    expect(connections).toBe(2);
    expect(server.requests.map(({ head }) => head.slice(0, 4))).toEqual(["GET ", "GET ", "POST"]);
  });
});

describe("a link of the upstream", () => {
  const base = "https://api.example.com/v1";
  const neverCalled = { fetch: () => Promise.reject(new Error("must not be called")) };

  test.each([
    "https://evil.example.com/v1/items",
    "https://api.example.com.evil.example/v1/items",
    "http://api.example.com/v1/items",
    "https://api.example.com:444/v1/items",
    "https://user:pass@api.example.com/v1/items",
    "https://api.example.com/v2/items",
    "https://api.example.com/v11/items",
    "https://api.example.com/v1/../admin",
    "https://api.example.com/v1/%2e%2e/admin",
    "/../admin",
    "//evil.example.com/../../../items",
    "items?page=2",
    "?page=2",
    "javascript:alert(1)",
    "",
  ])("%p is not followed", async (url) => {
    const { asked, resolve } = resolving(["8.8.8.8"]);
    const upstream = upstreamAt(base, { seams: { ...neverCalled, resolve } });
    expect(await faultOf(upstream.exchange(call({ url })))).toStartWith("foreign_link: ");
    expect(asked).toEqual([]);
  });

  test.each([
    ["https://api.example.com/v1/items?page=2#top", "/v1/items?page=2"],
    ["https://API.example.com:443/v1/items", "/v1/items"],
    ["https://api.example.com/v1", "/v1"],
    ["//evil.example.com/items", "/v1//evil.example.com/items"],
    ["//evil.example.com/../../items", "/v1/items"],
  ])("%p stays with the host", async (url, path) => {
    const called: string[] = [];
    const { resolve } = resolving(["8.8.8.8"]);
    const fetch: Seams["fetch"] = async ({ url, address }) => {
      called.push(`${address} ${url.host}${url.pathname}${url.search}`);
      return new Response("{}");
    };
    await upstreamAt(base, { seams: { resolve, fetch }, allow: [] }).exchange(call({ url }));
    expect(called).toEqual([`8.8.8.8 api.example.com${path}`]);
  });
});

describe("the guard", () => {
  test.each<[baseUrl: string, addresses: string[], allow: string, sentence: string]>([
    ["https://api.example.com", ["10.0.0.1"], "", "private address"],
    ["https://api.example.com", ["8.8.8.8", "127.0.0.1"], "", "private address"],
    ["https://127.0.0.1", [], "", "private address"],
    ["https://169.254.169.254", [], "127.0.0.0/8", "private address"],
    ["http://api.example.com", ["8.8.8.8"], "127.0.0.0/8", "plain http"],
    ["https://intranet", ["8.8.8.8"], "", "a name of a local network"],
  ])("%s at %j is not called", async (baseUrl, addresses, allow, sentence) => {
    const { resolve } = resolving(addresses);
    const fetch = () => Promise.reject(new Error("must not be called"));
    const upstream = upstreamAt(baseUrl, { seams: { resolve, fetch }, allow: parseNetworks(allow) });
    const fault = await faultOf(upstream.exchange(call()));
    expect(fault).toStartWith("blocked: ");
    expect(fault).toContain(sentence);
  });

  test("looks at a name anew at each exchange, and calls what it looked at", async () => {
    await using server = await startRawServer();
    const { asked, resolve } = resolving(["127.0.0.1"], ["127.0.0.1", "10.0.0.1"], ["127.0.0.1"]);
    const upstream = upstreamAt(`http://api.example.com:${server.port}`, { seams: { resolve } });
    expect((await upstream.exchange(call())).status).toBe(200);
    expect(await faultOf(upstream.exchange(call()))).toStartWith("blocked: ");
    expect((await upstream.exchange(call())).status).toBe(200);
    expect(asked).toEqual(Array(3).fill("api.example.com"));
    expect(server.requests).toHaveLength(2);
  });
});

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

describe("the bounds", () => {
  const inTime = (seconds: number) =>
    `timeout: ${"the upstream did not answer in time"}: no complete answer within ${seconds} s`;

  test("headers that do not come end it after 30 s", async () => {
    const clock = new TestClock();
    const asked = Promise.withResolvers<void>();
    await using server = await startRawServer({ onRequest: () => asked.resolve() });
    const upstream = upstreamAt(`http://127.0.0.1:${server.port}`, { seams: { clock } });
    const fault = faultOf(upstream.exchange(call()));
    await asked.promise;
    clock.advance(29_999);
    const early = await Promise.race([fault, Bun.sleep(50).then(() => "still waiting")]);
    clock.advance(1);
    expect([early, await fault, clock.nextTimerAt]).toEqual(["still waiting", inTime(30), null]);
  });

  test.each([
    [60_000, {}],
    [20_000, { timeoutMs: 20_000 }],
  ])("a body that drips ends it after %d ms, where the call says %j", async (ms, given) => {
    const clock = new TestClock();
    const begun = Promise.withResolvers<void>();
    await using server = await startRawServer({
      onRequest: ({ socket }) => socket.write(`${head}1\r\nx\r\n`),
    });
    const fetch: Seams["fetch"] = async (target, init) => {
      const response = await realSeams().fetch(target, init);
      setTimeout(begun.resolve, 5); // past the headers
      return response;
    };
    const upstream = upstreamAt(`http://127.0.0.1:${server.port}`, { seams: { clock, fetch } });
    const fault = faultOf(upstream.exchange(call(given)));
    await begun.promise;
    clock.advance(ms - 1);
    const early = await Promise.race([fault, Bun.sleep(50).then(() => "still waiting")]);
    clock.advance(1);
    expect([early, await fault]).toEqual(["still waiting", inTime(ms / 1000)]);
  });

  test("a name that is never found ends it after 30 s", async () => {
    const clock = new TestClock();
    const asked = Promise.withResolvers<void>();
    const resolve = () => {
      asked.resolve();
      return new Promise<string[]>(() => {});
    };
    const upstream = upstreamAt("https://api.example.com", { seams: { clock, resolve } });
    const fault = faultOf(upstream.exchange(call()));
    await asked.promise;
    clock.advance(30_000);
    expect(await fault).toBe(inTime(30));
  });

  test("the caller ends it at once, with the caller's reason", async () => {
    const stopping = new AbortController();
    await using server = await startRawServer({ onRequest: () => stopping.abort("stopped") });
    const upstream = upstreamAt(`http://127.0.0.1:${server.port}`);
    await expect(upstream.exchange(call({ signal: stopping.signal }))).rejects.toBe("stopped");
    await expect(upstream.exchange(call({ signal: stopping.signal }))).rejects.toBe("stopped");
    expect(server.requests).toHaveLength(1);
  });

  test("a body of 10 MiB is read, one of a byte more is not", async () => {
    const answered: number[] = [];
    using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: ({ url }) => new Response(new Uint8Array(MAX_ANSWER_BYTES + (url.endsWith("more") ? 1 : 0))),
    });
    const upstream = upstreamAt(server.url.href);
    answered.push((await upstream.exchange(call())).body.byteLength);
    expect(answered).toEqual([10 * 1024 * 1024]);
    expect(await faultOf(upstream.exchange(call({ url: "/more" })))).toStartWith("too_large: ");
    const maxAnswerBytes = MAX_ANSWER_BYTES + 1; // a call may ask for more, or for less
    const more = await upstream.exchange(call({ url: "/more", maxAnswerBytes }));
    expect(more.body.byteLength).toBe(maxAnswerBytes);
    expect(await faultOf(upstream.exchange(call({ maxAnswerBytes: 1000 })))).toEndWith(
      "more than 1000 bytes",
    );
  });

  test("a body without an announced end is cut off where it becomes too large", async () => {
    let sent = 0;
    using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () =>
        new Response(
          new ReadableStream({
            async pull(controller) {
              sent += 1;
              controller.enqueue(new Uint8Array(1024 * 1024));
              if (sent === 64) controller.close();
            },
          }),
        ),
    });
    expect(await faultOf(upstreamAt(server.url.href).exchange(call()))).toStartWith("too_large: ");
    expect(sent).toBeLessThan(40);
  });

  test("a truncated body is the network's failure", async () => {
    const truncated = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{";
    await using server = await startRawServer({ onRequest: ({ socket }) => socket.end(truncated) });
    const fault = await faultOf(upstreamAt(`http://127.0.0.1:${server.port}`).exchange(call()));
    expect(fault).toStartWith("unreachable: ");
  });
});

test("is idle once no exchange is under way", async () => {
  const answered = Promise.withResolvers<void>();
  await using server = await startRawServer({
    onRequest: ({ socket }) => void answered.promise.then(() => socket.write(OK)),
  });
  const upstreams = openUpstreams({ seams: realSeams(), allowTargets: LOOPBACK });
  const exchange = upstreams.open(`http://127.0.0.1:${server.port}`, 1).exchange(call());
  let isIdle = false;
  const idle = upstreams.idle().then(() => {
    isIdle = true;
  });
  await Promise.resolve();
  expect(isIdle).toBe(false);
  answered.resolve();
  await exchange;
  await idle;
});
