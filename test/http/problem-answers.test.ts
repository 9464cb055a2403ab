import { describe, expect, test } from "bun:test";
import { Elysia } from "elysia";
import { z } from "zod";
import { UpstreamError } from "../../src/connectors/upstream-error.ts";
import { jsonBody } from "../../src/http/json-body.ts";
import { problemAnswers, problemResponse } from "../../src/http/problem-answers.ts";
import { Problem, type ProblemCode, problems } from "../../src/problems.ts";

const SECRET = "hunter2-hunter2";

function openApp() {
  const logged: { fact: string; fields: object | undefined }[] = [];
  const log = { error: (fact: string, fields?: object) => void logged.push({ fact, fields }) };
  const things = new Elysia({ prefix: "/things" })
    .use(jsonBody)
    .get("/thrown/:code", ({ params }) => {
      throw new Problem(params.code as ProblemCode, { retryAfterSeconds: 1.2 });
    })
    .get("/upstream", () => {
      throw new UpstreamError("refused", "HTTP 409", { status: 409, upstreamCode: "ALREADY_SOLD" });
    })
    .get("/bug", () => {
      throw Object.assign(new Error(`SELECT '${SECRET}'`), { code: "SQLITE_ERROR" });
    })
    .get("/damage", () => {
      throw Object.assign(new Error(`SELECT '${SECRET}'`), { code: "SQLITE_CORRUPT_INDEX" });
    })
    .get("/listed", ({ query }) => query, { query: z.object({ limit: z.coerce.number().int().max(200) }) })
    .get("/in/:environment", ({ params }) => params, {
      params: z.object({ environment: z.enum(["sandbox", "production"]) }),
    })
    .get("/headed", () => "ok", { headers: z.object({ "x-kind": z.literal("a") }) })
    .get("/wrong-answer", () => ({ secret: SECRET }) as never, { response: z.object({ id: z.string() }) })
    .post("/", ({ body }) => body, {
      body: z.strictObject({
        webhookUrl: z.url(),
        auctionIds: z.array(z.string()),
        nested: z.object({ a: z.int() }),
      }),
    });
  const app = new Elysia({ prefix: "/api" }).use(problemAnswers(log)).use(things);
  const call = async (method: string, path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${SECRET}`, cookie: `session=${SECRET}` };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await app.handle(new Request(`http://localhost/api/things${path}`, init));
    const text = await response.text();
    return { response, text, body: JSON.parse(text) };
  };
  return { call, logged };
}

test("every problem of the table is answered with its status, title and code", async () => {
  const { call } = openApp();
  for (const [code, { status, title }] of Object.entries(problems)) {
    const { response, body } = await call("GET", `/thrown/${code}`);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(body).toEqual({ type: `/docs/problems#${code}`, title, status, detail: title, code });
  }
});

test("an upstream's failure is told with what it said", async () => {
  const { call, logged } = openApp();
  const { body } = await call("GET", "/upstream");
  expect(body).toEqual({
    type: "/docs/problems#upstream_failed",
    title: "The upstream system failed",
    status: 502,
    detail: "the upstream refused the request: HTTP 409",
    code: "upstream_failed",
    fault: "refused",
    upstreamStatus: 409,
    errorCode: "ALREADY_SOLD",
    errorMessage: null,
  });
  expect(logged).toEqual([]);
});

test("a wait is whole seconds, rounded up", async () => {
  const { response } = await openApp().call("GET", "/thrown/too_many_requests");
  expect(response.headers.get("retry-after")).toBe("2");
  expect(problemResponse(new Problem("not_ready", { retryAfterSeconds: 0 })).headers.get("retry-after")).toBe(
    "1",
  );
  expect(problemResponse(new Problem("not_ready")).headers.has("retry-after")).toBe(false);
});

test("only a 401 names the scheme that works", async () => {
  const { call } = openApp();
  const refused = await call("GET", "/thrown/invalid_credentials");
  expect(refused.response.headers.get("www-authenticate")).toBe("Bearer");
  expect((await call("GET", "/thrown/not_found")).response.headers.has("www-authenticate")).toBe(false);
});

describe("input that is wrong is named by its place", () => {
  const cases: [string, string, unknown, string[]][] = [
    ["POST", "/", undefined, ["body"]],
    ["POST", "/", 7, ["body"]],
    ["POST", "/", {}, ["webhookUrl", "auctionIds", "nested"]],
    [
      "POST",
      "/",
      { webhookUrl: "x", auctionIds: ["a", 2], nested: { a: 1.5 } },
      ["webhookUrl", "auctionIds[1]", "nested.a"],
    ],
    ["GET", "/listed?limit=201", undefined, ["query.limit"]],
    ["GET", "/in/staging", undefined, ["path.environment"]],
    ["GET", "/headed", undefined, ["header.x-kind"]],
  ];
  test.each(cases)("%s %s %j", async (method, path, given, paths) => {
    const { response, body } = await openApp().call(method, path, given);
    expect(response.status).toBe(422);
    expect(body.code).toBe("invalid_input");
    expect(body.errors.map((error: { path: string }) => error.path)).toEqual(paths);
    expect(body.detail).toStartWith(`${paths[0]}: `);
  });
});

test("no answer echoes what was sent, neither values nor unknown keys nor headers", async () => {
  const { call } = openApp();
  const wrong = { webhookUrl: SECRET, auctionIds: SECRET, nested: { a: SECRET }, [SECRET]: 1 };
  for (const { text, response } of [
    await call("POST", "/", wrong),
    await call("POST", "/", SECRET),
    await call("GET", `/listed?limit=${SECRET}`),
    await call("GET", `/in/${SECRET}`),
    await call("GET", `/nowhere/${SECRET}`),
  ]) {
    expect([404, 422]).toContain(response.status);
    expect(text).not.toContain(SECRET);
  }
});

test("what the disk does not give is a 503, logged by its code", async () => {
  const { call, logged } = openApp();
  const { response, body, text } = await call("GET", "/damage");
  expect([response.status, body.code]).toEqual([503, "not_ready"]);
  expect(response.headers.get("retry-after")).toBe("5");
  expect(text).not.toMatch(/SELECT|SQLITE|hunter/);
  expect(logged).toEqual([{ fact: "database.failed", fields: { code: "SQLITE_CORRUPT_INDEX" } }]);
});

test("what nobody foresaw is a bare 500, logged once and without its message", async () => {
  for (const path of ["/bug", "/wrong-answer"]) {
    const { call, logged } = openApp();
    const { response, body, text } = await call("GET", path);
    expect(response.status).toBe(500);
    expect(Object.keys(body)).toEqual(["type", "title", "status", "detail", "code"]);
    expect(body.code).toBe("internal_error");
    expect(text).not.toMatch(/SELECT|SQLITE|hunter|\.ts/);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({
      fact: "http.failed",
      fields: { method: "GET", route: `/api/things${path}` },
    });
    expect(JSON.stringify(logged)).not.toContain(SECRET);
  }
});

test("mistakes of callers are not logged", async () => {
  const { call, logged } = openApp();
  await call("GET", "/thrown/not_found");
  await call("POST", "/", {});
  await call("GET", "/nowhere");
  expect(logged).toEqual([]);
});
