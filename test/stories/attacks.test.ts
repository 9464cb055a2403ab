import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectRaw, type RawClient } from "../http/raw-client.ts";
import { type HubProcess, startHubProcess } from "../support/hub-process.ts";
import { problemIn } from "../support/problem.ts";

const PUBLISH_KEY = "test-publish-key-0123456789";
const MIB = 1024 * 1024;

/** What the hub may hold more than before an attack, MiB; a garbage collector is not exact. */
const GROWTH_MIB = 80;

const dataDir = mkdtempSync(join(tmpdir(), "lanehook-test-"));
let hub: HubProcess;
let token = "";

beforeAll(async () => {
  hub = await startHubProcess({ DATA_DIR: dataDir, PUBLISH_KEY, MIN_FREE_MB: "0" });
  const body = { email: "dealer@example.com", name: "Acme Auto", password: "correct horse battery" };
  ({ token } = await hub.call("POST", "/auth/signup", { body }));
});
afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Doors that take a body: the publisher's, a customer's and anyone's. */
const doors = [
  ["POST", "/events", () => PUBLISH_KEY],
  ["PUT", "/customers/me/auction-ids", () => token],
  ["POST", "/auth/signup", () => ""],
] as const;

type Body = string | Uint8Array<ArrayBuffer> | ReadableStream;

async function send([method, path, credential]: (typeof doors)[number], body: Body) {
  const answer = await fetch(`http://127.0.0.1:${hub.port}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${credential()}`, "content-type": "application/json" },
    body,
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: () => JSON.parse(text) };
}

const health = () => hub.call("GET", "/health");

const residentMiB = () =>
  Number(readFileSync(`/proc/${hub.pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)?.[1]) / 1024;

const deep = 100_000;

const malformed: [what: string, body: Body][] = [
  ["arrays nested 100,000 deep", "[".repeat(deep) + "]".repeat(deep)],
  ["arrays nested 100,000 deep and never closed", "[".repeat(deep)],
  ["objects nested 20,000 deep", `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`],
  ["a payload nested deep", `{"eventType":"a.b","payload":${'{"a":'.repeat(20_000)}1${"}".repeat(20_001)}`],
  [
    "invalid UTF-8",
    Uint8Array.from([...Buffer.from('{"eventType":"a.b","payload":{"x":"'), 0xff, 0xfe, 0x22]),
  ],
  ["half a character of UTF-8", Uint8Array.from([...Buffer.from('{"name":"'), 0xe2, 0x82, 0x22, 0x7d])],
  ["UTF-16", Buffer.from('{"eventType":"a.b","payload":{}}', "utf16le")],
  ["NUL bytes between", '{"eventType":\u0000"a.b","payload":{}}'],
  ["NUL bytes in a string", '{"eventType":"a.b","payload":{"x":"a\u0000b"},"name":"a\u0000b"}'],
  ["NUL bytes alone", "\u0000".repeat(1000)],
  ["a lone brace", "{"],
];

test.each(malformed)("%s: refused in a sentence, and the hub goes on", async (_, body) => {
  for (const door of doors) {
    const answer = await send(door, body);
    expect([400, 422]).toContain(answer.status);
    expect(answer.json()).toMatchObject({ status: answer.status, detail: expect.stringMatching(/\w/) });
  }
  await health();
});

test.each([
  ['{"__proto__":{"eventType":"a.b","payload":{}}}', '{"__proto__":{"auctionIds":["daanw"]}}'],
  ['{"constructor":{"eventType":"a.b"},"payload":{}}', '{"constructor":{"auctionIds":["daanw"]}}'],
  ['{"eventType":"a.b","payload":{},"environment":"__proto__"}', '{"auctionIds":{"__proto__":["daanw"]}}'],
  ['{"eventType":{"toString":"a.b"},"payload":{}}', '{"auctionIds":[{"toString":"daanw"}]}'],
  ['{"eventType":"a.\\u0000b","payload":{}}', '{"auctionIds":["a\\u0000b"]}'],
  ['{"eventType":"a.b","id":"\\ud800","payload":{}}', '{"auctionIds":["\\ud800"]}'],
])("nothing is read out of a prototype's name or half a character: %s", async (event, auctionIds) => {
  const [events, customers] = doors;
  expect([415, 422]).toContain((await send(events, event)).status);
  expect(problemIn(await send(customers, auctionIds))).toBe("422 invalid_input");
});

test("names of a prototype are names like any other, where names are free", async () => {
  const [events, customers] = doors;
  const auctionIds = ["__proto__", "constructor", "toString"];
  expect((await send(customers, JSON.stringify({ auctionIds }))).json()).toEqual({ auctionIds });
  const event = '{"eventType":"constructor","id":"__proto__","payload":{"__proto__":{"admin":true}}}';
  const results = [await send(events, event), await send(events, event)].map((each) => each.json().events[0]);
  expect(results.map(({ duplicate }) => duplicate)).toEqual([false, true]);
});

test("bodies of 9 MiB are refused and leave nothing behind, whole and in pieces", async () => {
  const chunked = () =>
    new ReadableStream({
      async start(stream) {
        for (let n = 0; n < 9; n++) stream.enqueue(new Uint8Array(MIB).fill(0x20));
        stream.close();
      },
    });
  let before = 0;
  for (let round = 0; round < 12; round++) {
    if (round === 4) before = residentMiB(); // what the first ones took is used again
    const answers = doors.flatMap((door) => [send(door, new Uint8Array(9 * MIB)), send(door, chunked())]);
    for (const answer of await Promise.all(answers)) expect(problemIn(answer)).toBe("413 request_too_large");
  }
  expect(residentMiB() - before).toBeLessThan(GROWTH_MIB);
}, 60_000);

const line = "GET /api/health HTTP/1.1\r\nHost: hub\r\n";
const headers = (count: number) => Array.from({ length: count }, (_, n) => `X-${n}: y\r\n`).join("");
const asked = (what: string) => `${what}\r\nHost: hub\r\n\r\n`;
const upload = "POST /api/events HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n";

test.each([
  ["a NUL byte in a path", asked("GET /api/hea\u0000lth HTTP/1.1"), 505],
  ["a NUL byte in a query", asked("GET /api/health?a=\u0000 HTTP/1.1"), 505],
  ["a space in a path", asked("GET /api/hea lth HTTP/1.1"), 505],
  ["a line break in a path", asked("GET /api/hea\rlth HTTP/1.1"), 505],
  ["HTTP/0.9", "GET /api/health\r\n\r\n", 505],
  ["HTTP/1.2", asked("GET /api/health HTTP/1.2"), 505],
  ["HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  ["lines that end with LF alone", "GET /api/health HTTP/1.1\nHost: hub\n\n", 505],
  ["no path", asked("OPTIONS * HTTP/1.1"), 400],
  ["no host", "GET /api/health HTTP/1.1\r\n\r\n", 400],
  ["a header without a name", `${line}: y\r\n\r\n`, 400],
  ["a folded header", `${line}X-A: y\r\n z\r\n\r\n`, 400],
  ["199 headers", `${line}${headers(198)}\r\n`, 431],
  ["a thousand headers", `${line}${headers(1000)}\r\n`, 431],
  ["a URL of 16 KiB", asked(`GET /api/health?${"y".repeat(16 * 1024)} HTTP/1.1`), 431],
  ["a header of 1 MiB", `${line}X-A: ${"y".repeat(MIB)}\r\n\r\n`, 431],
  ["a URL of 1 MiB", `GET /api/health?${"y".repeat(MIB)} HTTP/1.1\r\nHost: hub\r\n\r\n`, 431],
  ["a NUL byte in a header", `${line}X-A: a\u0000b\r\n\r\n`, 400],
  ["two lengths", `${upload}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`, 400],
  ["a length and pieces", `${upload}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ["a length below zero", `${upload}Content-Length: -5\r\n\r\nhello`, 400],
  ["a length beyond all numbers", `${upload}Content-Length: 99999999999999999999\r\n\r\nhello`, 400],
  ["a length of 10 GB", `${upload}Content-Length: 9999999999\r\n\r\nhello`, 413],
  ["no HTTP at all", "\u0016\u0003\u0001\u0002\u0000\u0001 hello\r\n\r\n", 400],
])("%s: refused before any route sees it", async (_, bytes, status) => {
  const client = await connectRaw(hub.port);
  client.write(bytes);
  expect(await client.receivedUntil("the end")).toStartWith(`HTTP/1.1 ${status} `); // and is closed
  await health();
});

test("a method that does not exist is not answered at all", async () => {
  const client = await connectRaw(hub.port);
  client.write(asked("BREW /api/health HTTP/1.1"));
  expect(await client.receivedUntil("the end")).toBe("");
  await health();
});

test("198 headers, and 16 KiB of them with the URL, are none too many", async () => {
  for (const more of [
    headers(197),
    `X-A: ${"y".repeat(16 * 1024 - line.length - "X-A: \r\n\r\n".length)}\r\n`,
  ]) {
    const client = await connectRaw(hub.port);
    client.write(`${line}${more}\r\n`);
    expect(await client.receivedUntil('{"status":"ok"}')).toStartWith("HTTP/1.1 200 ");
    client.abort();
  }
});

test("hundreds of clients that never finish their headers or bodies stop nobody, and are forgotten", async () => {
  const before = residentMiB();
  const heads = [`${line}X-A: `, `${upload}Content-Length: 200000\r\n\r\n${" ".repeat(100_000)}`];
  const clients: RawClient[] = [];
  for (let n = 0; n < 300; n++) {
    const client = await connectRaw(hub.port);
    client.write(heads[n % heads.length] ?? "");
    clients.push(client);
  }
  const beganAt = performance.now();
  for (let n = 0; n < 20; n++) await health();
  expect(performance.now() - beganAt).toBeLessThan(2000);
  for (const client of clients) client.abort();
  await health();
  expect(residentMiB() - before).toBeLessThan(GROWTH_MIB);
}, 30_000);
