import { expect, test } from "bun:test";
import { Elysia } from "elysia";
import { z } from "zod";
import { type Description, describe } from "../../src/http/describe.ts";
import { jsonBody } from "../../src/http/json-body.ts";
import { type Operation, openApiDocument } from "../../src/http/openapi-document.ts";

const minimal: Description = {
  tag: "Health",
  summary: "Try it",
  auth: "none",
  answers: { 200: { description: "Done.", schema: z.object({ id: z.int() }), example: { id: 1 } } },
  problems: [],
};

/** The operation that one described route becomes. */
function operationOf(
  description: Partial<Description>,
  schemas: { body?: z.ZodType; query?: z.ZodType } = {},
) {
  const detail = describe({ ...minimal, ...description });
  const routes = new Elysia({ prefix: "/things" }).use(jsonBody).post("/:id/try", () => "", {
    params: z.object({ id: z.string().meta({ examples: ["7"] }) }),
    ...schemas,
    detail,
  });
  const { paths } = openApiDocument(new Elysia({ prefix: "/api" }).use(routes));
  return paths["/api/things/{id}/try"]?.post as Operation;
}

const statusesOf = (operation: Operation) => Object.keys(operation.responses as object);

test("an answer has its schema and example; one without a schema has no content", () => {
  const operation = operationOf({
    answers: {
      ...minimal.answers,
      204: {
        description: "Nothing to say.",
        headers: { "X-Left": { description: "How many are left.", example: "3" } },
      },
    },
  });
  expect(operation.responses).toMatchObject({
    200: {
      description: "Done.",
      content: { "application/json": { schema: { type: "object", required: ["id"] }, example: { id: 1 } } },
    },
    204: { headers: { "X-Left": { schema: { type: "string" }, example: "3" } } },
  });
  expect((operation.responses as Record<string, object>)["204"]).not.toHaveProperty("content");
});

test("problems stand under their status, each with an example, bad_request, internal_error and not_ready always", () => {
  const operation = operationOf({ problems: ["email_taken", "already_replayed", "too_many_requests"] });
  expect(statusesOf(operation)).toEqual(["200", "400", "409", "429", "500", "503"]);
  expect(operation.responses).toMatchObject({
    409: {
      content: {
        "application/problem+json": {
          schema: { $ref: "#/components/schemas/Problem" },
          examples: {
            email_taken: { value: { code: "email_taken", status: 409 } },
            already_replayed: { value: { code: "already_replayed", status: 409 } },
          },
        },
      },
    },
    429: { headers: { "Retry-After": {} } },
  });
});

test("the kind of credential decides security, and whether a 401 can be", () => {
  expect(operationOf({ auth: "customer" }).security).toEqual([
    { bearer: [] },
    { apiKey: [] },
    { session: [] },
  ]);
  expect(operationOf({ auth: "publisher" }).security).toHaveLength(3);
  expect(operationOf({ auth: "none" }).security).toEqual([]);
  expect(statusesOf(operationOf({ auth: "customer" }))).toContain("401");
  expect(statusesOf(operationOf({ auth: "none" }))).not.toContain("401");
});

test("a body has the route's schema as input, its example, and the problems of bodies", () => {
  const operation = operationOf(
    { body: { example: { a: 1 } } },
    { body: z.object({ a: z.int(), b: z.string().default("x") }) },
  );
  expect(operation.requestBody).toMatchObject({
    required: true,
    content: { "application/json": { schema: { type: "object", required: ["a"] }, example: { a: 1 } } },
  });
  expect(Object.keys((operation.requestBody as { content: object }).content)).toEqual(["application/json"]);
  expect(statusesOf(operation)).toEqual(["200", "400", "413", "415", "500", "503"]);
  expect(operationOf({}).requestBody).toBeUndefined();
});

test("parameters have example and description beside their schema; those given by hand stand with them", () => {
  const { parameters } = operationOf(
    {
      parameters: [
        {
          name: "X-Environment",
          in: "header",
          description: "Where to.",
          schema: { type: "string" },
          example: "sandbox",
        },
      ],
    },
    {
      query: z.object({
        limit: z.coerce
          .number()
          .int()
          .optional()
          .describe("How many.")
          .meta({ examples: [50] }),
      }),
    },
  );
  expect(parameters).toMatchObject([
    { name: "id", in: "path", required: true, example: "7", schema: { type: "string" } },
    { name: "limit", in: "query", required: false, example: 50, description: "How many." },
    { name: "X-Environment", in: "header", example: "sandbox" },
  ]);
});

test("an operation's id comes from method and path, unless it is given", () => {
  expect(operationOf({}).operationId).toBe("postThingsByIdTry");
  expect(operationOf({ operationId: "tryThing" }).operationId).toBe("tryThing");
});

test("a route that is not described is not in the document", () => {
  const app = new Elysia().get("/hidden", () => "").get("/shown", () => "", { detail: describe(minimal) });
  expect(Object.keys(openApiDocument(app).paths)).toEqual(["/shown"]);
});
