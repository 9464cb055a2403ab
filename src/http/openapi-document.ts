import { toOpenAPISchema } from "@elysiajs/openapi/openapi";
import type { AnyElysia } from "elysia";
import { z } from "zod";
import { VERSION } from "../version.ts";
import {
  type DescribedAnswer,
  type DescribedBody,
  type DescribedSchema,
  type Description,
  descriptionOf,
  tags,
} from "./describe.ts";
import { problemSchema, toProblemResponses } from "./openapi-problems.ts";
import { SESSION_COOKIE } from "./session-cookie.ts";

type Json = Record<string, unknown>;

/** An OpenAPI 3.1 document, ready to be serialised. */
export interface OpenApiDocument extends Json {
  paths: Record<string, Record<string, Operation>>;
}

/** What a method of a path is in the document. */
export interface Operation extends Json {
  parameters?: Json[];
}

const OPENAPI_VERSION = "3.1.1";

/** Describes every described route of an app. */
export function openApiDocument(app: AnyElysia): OpenApiDocument {
  const generated = toOpenAPISchema(app, {}, undefined, { zod: requestSchema }, OPENAPI_VERSION);
  const bodySchemas = bodySchemasOf(app);
  const paths: OpenApiDocument["paths"] = {};
  for (const [generatedPath, methods] of Object.entries(generated.paths)) {
    const path = generatedPath.replace(/\/$/, ""); // a resource's own path is its prefix and "/"
    for (const [method, generatedOperation] of Object.entries(methods ?? {})) {
      const operation = generatedOperation as unknown as Operation;
      const description = descriptionOf(operation);
      if (description === undefined) continue;
      paths[path] ??= {};
      paths[path][method] = toOperation(description, {
        path,
        method,
        parameters: operation.parameters ?? [],
        bodySchema: bodySchemas.get(`${method} ${generatedPath}`),
      });
    }
  }
  return { ...preamble(), paths, components: { schemas: { Problem: problemSchema }, securitySchemes } };
}

function preamble(): Json {
  return {
    openapi: OPENAPI_VERSION,
    info: {
      title: "lanehook",
      version: VERSION,
      summary: "A self-hosted event hub for dealer groups and auction sites.",
      description: INTRODUCTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "This hub" }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
  };
}

const INTRODUCTION = `Events come in by one door, are routed to subscriptions, and each delivery is attempted until it succeeds or is a dead letter.

A customer calls with \`Authorization: Bearer <token>\` from a login, with \`X-API-Key\`, or with the cookie of a session. A publisher calls with its own key. Mistakes are answered as RFC 9457 problem details with a stable \`code\`, all of them listed at [/docs/problems](/docs/problems).`;

/** The generator gives up on the body of a route whose parser is a function, as ours is. */
function bodySchemasOf(app: AnyElysia): Map<string, DescribedSchema> {
  const schemas = new Map<string, DescribedSchema>();
  for (const { method, path, hooks } of app.routes) {
    const route = `${method.toLowerCase()} ${path.replace(/:([^/]+)/g, "{$1}")}`;
    if (hooks?.body instanceof z.ZodType) schemas.set(route, hooks.body);
  }
  return schemas;
}

/** What the routes themselves say of an operation. */
interface Route {
  path: string;
  method: string;
  parameters: Json[];
  bodySchema: DescribedSchema | undefined;
}

function toOperation(description: Description, route: Route): Operation {
  const { tag, summary, auth, operationId = nameOf(route) } = description;
  const parameters = [
    ...route.parameters.map(withExample),
    ...(description.parameters ?? []).map((parameter) => ({ ...parameter })),
  ];
  const requestBody = toRequestBody(description.body, route.bodySchema);
  return {
    tags: [tag],
    summary,
    operationId,
    ...(description.description && { description: description.description }),
    security: SECURITY[auth],
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody && { requestBody }),
    responses: { ...toResponses(description.answers), ...toProblemResponses(description, route.method) },
  };
}

/** `GET /api/deliveries/{deliveryId}` is `getDeliveriesByDeliveryId`. */
function nameOf({ path, method }: Route): string {
  const parts = path.replace(/^\/api/, "").split(/[/-]/);
  const words = parts.map((part) => part.replace(/^\{(.*)\}$/, (_, name: string) => `by-${name}`));
  return (
    method +
    words
      .flatMap((word) => word.split("-"))
      .map(capitalised)
      .join("")
  );
}

const capitalised = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** A parameter's example and description stand in its schema; the documentation shows them beside it. */
function withExample(parameter: Json): Json {
  const { examples, description, ...schema } = parameter.schema as {
    examples?: unknown[];
    description?: string;
  };
  return {
    ...parameter,
    schema,
    ...(description && { description }),
    ...(examples && { example: examples[0] }),
  };
}

function toRequestBody(
  body: DescribedBody | undefined,
  routeSchema: DescribedSchema | undefined,
): Json | undefined {
  if (body === undefined) return undefined;
  const { description, schema = routeSchema, required = true, example, examples } = body;
  const media = {
    ...(schema && { schema: toJsonSchema(schema, "input") }),
    ...(examples ? { examples } : { example }),
  };
  return { ...(description && { description }), required, content: { "application/json": media } };
}

function toResponses(answers: Record<number, DescribedAnswer>): Json {
  return Object.fromEntries(
    Object.entries(answers).map(
      ([status, { description, schema, example, headers, mediaType = "application/json" }]) => [
        status,
        {
          description,
          ...(headers && { headers: toHeaders(headers) }),
          ...(schema && {
            content: { [mediaType]: { schema: toJsonSchema(schema, "output"), example } },
          }),
        },
      ],
    ),
  );
}

const toHeaders = (headers: NonNullable<DescribedAnswer["headers"]>): Json =>
  Object.fromEntries(
    Object.entries(headers).map(([name, header]) => [name, { ...header, schema: { type: "string" } }]),
  );

const SECURITY: Record<Description["auth"], Json[]> = {
  customer: [{ bearer: [] }, { apiKey: [] }, { session: [] }],
  publisher: [{ publisherBearer: [] }, { publisherApiKey: [] }, { publisherBasic: [] }],
  none: [],
};

const securitySchemes: Json = {
  bearer: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "A customer's token from a login.",
  },
  apiKey: { type: "apiKey", in: "header", name: "X-API-Key", description: "A customer's API key." },
  session: {
    type: "apiKey",
    in: "cookie",
    name: SESSION_COOKIE,
    description: "A browser's session. What does more than read must carry `X-Requested-With: lanehook`.",
  },
  publisherBearer: { type: "http", scheme: "bearer", description: "A publisher's key." },
  publisherApiKey: { type: "apiKey", in: "header", name: "X-API-Key", description: "A publisher's key." },
  publisherBasic: {
    type: "http",
    scheme: "basic",
    description: "Any user name; the publisher's key as password.",
  },
};

const requestSchema = (schema: z.ZodType) => toJsonSchema(schema, "input");

function toJsonSchema(schema: DescribedSchema, io: "input" | "output"): Json {
  if (!(schema instanceof z.ZodType)) return schema;
  const {
    $schema: _,
    "~standard": __,
    ...rest
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      if (jsonSchema.format) delete jsonSchema.pattern; // zod gives both; a page of regular expression helps no reader
    },
  }) as Json;
  return rest;
}
