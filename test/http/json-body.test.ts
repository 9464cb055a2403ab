import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Elysia } from "elysia";
import { z } from "zod";
import { isNestedDeeper, jsonBody, MAX_JSON_BODY_BYTES, readBody } from "../../src/http/json-body.ts";
import { problemAnswers } from "../../src/http/problem-answers.ts";
import { connectRaw } from "./raw-client.ts";

const JSON_TYPE = "application/json";
const logged: string[] = [];
const unhandled: unknown[] = [];

const resource = (prefix: string) =>
  new Elysia({ prefix })
    .use(jsonBody)
    .post("/any", ({ body }) => ({ body: body === undefined ? "nothing" : body }))
    .post("/needed", ({ body }) => body, { body: z.object({ a: z.int() }) })
    .post("/optional", ({ body }) => body ?? "nothing", { body: z.object({ a: z.int() }).optional() });

const app = new Elysia()
  .use(problemAnswers({ error: (fact) => void logged.push(fact) }))
  .post("/raw", async ({ request }) => ({ length: (await readBody(request, 1000)).length }), {
    parse: "none",
  })
  .use(resource("/one"))
  .use(resource("/two"));

let server: Bun.Server<undefined>;
const remember = (reason: unknown) => void unhandled.push(reason);

beforeAll(() => {
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: app.fetch,
    idleTimeout: 1,
    development: false,
  });
  process.on("unhandledRejection", remember);
});

afterAll(async () => {
  process.off("unhandledRejection", remember);
  await server.stop(true);
  expect(unhandled).toEqual([]);
  expect(logged).toEqual([]);
});

async function post(
  path: string,
  body: string | Uint8Array<ArrayBuffer> | null,
  contentType: string | null = JSON_TYPE,
) {
  const headers = contentType === null ? {} : { "content-type": contentType };
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method: "POST", headers, body });
  const text = await response.text();
  return { status: response.status, text, code: text.startsWith("{") ? JSON.parse(text).code : undefined };
}

const bytes = (text: string) => new TextEncoder().encode(text);

test.each([
  JSON_TYPE,
  "application/json; charset=utf-8",
  "APPLICATION/JSON",
  "application/vnd.api+json",
  null,
])("a body of type %p is read as JSON, in every instance that uses it", async (type) => {
  const body = bytes('{"a":1,"s":"é 🚗"}'); // bytes, because fetch names a type for a string
  for (const prefix of ["/one", "/two"]) {
    expect(await post(`${prefix}/any`, body, type)).toMatchObject({
      status: 200,
      text: '{"body":{"a":1,"s":"é 🚗"}}',
    });
  }
});

test.each([
  "application/x-www-form-urlencoded",
  "text/plain",
  "multipart/form-data",
  "application/jsonx",
  "x",
])("a body of type %s is refused, and told which header to send", async (type) => {
  const answer = await post("/one/any", bytes('{"a":1}'), type);
  expect(answer).toMatchObject({ status: 415, code: "unsupported_form" });
  expect(answer.text).toContain("Content-Type: application/json");
});

test("no body is undefined, whatever type it has", async () => {
  for (const type of [null, JSON_TYPE, "application/x-www-form-urlencoded"]) {
    expect(await post("/one/any", null, type)).toMatchObject({ text: '{"body":"nothing"}' });
    expect(await post("/one/any", new Uint8Array(0), type)).toMatchObject({ text: '{"body":"nothing"}' });
    expect(await post("/one/optional", null, type)).toMatchObject({ status: 200, text: "nothing" });
    expect(await post("/one/needed", null, type)).toMatchObject({ status: 422, code: "invalid_input" });
  }
});

test.each(["{", "{}{}", "[1,]", "nul", " ", "\u0000"])("%j is malformed", async (body) => {
  expect(await post("/one/any", body)).toMatchObject({ status: 400, code: "malformed_json" });
});

test("what is not UTF-8 is malformed", async () => {
  for (const invalid of [
    [0x22, 0xff, 0x22],
    [0x22, 0xc0, 0x80, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
  ]) {
    expect(await post("/one/any", new Uint8Array(invalid))).toMatchObject({
      status: 400,
      code: "malformed_json",
    });
  }
});

test("64 levels are taken, 65 are not", async () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  expect(await post("/one/any", nested(64))).toMatchObject({ status: 200 });
  expect(await post("/one/any", nested(65))).toMatchObject({ status: 400, code: "malformed_json" });
});

test("brackets in strings, and after escaped quotes, do not count as levels", () => {
  expect(isNestedDeeper(bytes('{"a":"[[[[","b":"\\"[[[[","c":"\\\\"}'), 1)).toBe(false);
  expect(isNestedDeeper(bytes('["\\\\",[1]]'), 1)).toBe(true);
  expect(isNestedDeeper(bytes("[[1],[2],[3]]"), 2)).toBe(false);
});

test("the limit itself is taken, one byte more is not", async () => {
  const ofLength = (length: number) => `"${"x".repeat(length - 2)}"`;
  expect(await post("/one/any", ofLength(MAX_JSON_BODY_BYTES))).toMatchObject({ status: 200 });
  expect(await post("/one/any", ofLength(MAX_JSON_BODY_BYTES + 1))).toMatchObject({
    status: 413,
    code: "request_too_large",
  });
});

describe("on the wire", () => {
  const head = (path: string, header: string) =>
    `POST ${path} HTTP/1.1\r\nHost: hub.example\r\n${header}\r\n\r\n`;
  const CHUNKED = "Transfer-Encoding: chunked";

  test("a body that announces too much is refused before it is sent", async () => {
    const client = await connectRaw(server.port ?? 0);
    client.write(head("/raw", "Content-Length: 1001"));
    expect(await client.receivedUntil("request_too_large")).toContain("HTTP/1.1 413");
    client.abort();
  });

  test("a chunked body that grows too large is refused before it ends", async () => {
    const client = await connectRaw(server.port ?? 0);
    client.write(head("/raw", CHUNKED));
    client.write(`258\r\n${"x".repeat(600)}\r\n`);
    client.write(`258\r\n${"x".repeat(600)}\r\n`);
    expect(await client.receivedUntil("request_too_large")).toContain("HTTP/1.1 413");
    client.abort();
  });

  test("chunks as small as they come are put together", async () => {
    const client = await connectRaw(server.port ?? 0);
    client.write(head("/raw", CHUNKED));
    client.write("1\r\nx\r\n".repeat(1000));
    client.write("0\r\n\r\n");
    expect(await client.receivedUntil("length")).toContain('{"length":1000}');
    client.abort();
  });

  test.each(["Content-Length: 100", CHUNKED])(
    "a client that hangs up in the middle (%s) harms nobody",
    async (header) => {
      const client = await connectRaw(server.port ?? 0);
      client.write(head("/one/any", header) + (header === CHUNKED ? "1\r\n{\r\n" : "{"));
      await post("/one/any", "{}"); // by now the server has begun to read
      client.abort();
      expect(await post("/one/any", "{}")).toMatchObject({ status: 200 });
    },
  );

  test("a body that does not go on loses its connection", async () => {
    const starts = [`${head("/one/any", "Content-Length: 100")}{`, `${head("/one/any", CHUNKED)}1\r\n{\r\n`];
    await Promise.all(
      starts.map(async (start) => {
        const client = await connectRaw(server.port ?? 0);
        client.write(start);
        const received = await client.receivedUntil("HTTP/1.1 2");
        expect(received === "" || received.startsWith("HTTP/1.1 4")).toBe(true);
      }),
    );
  });
});
