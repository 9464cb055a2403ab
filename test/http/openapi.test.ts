import { beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { ORIGIN, openStubServer } from "./stub-server.ts";

type Json = Record<string, unknown>;

interface Media {
  schema?: Json;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

interface Operation {
  summary: string;
  operationId: string;
  tags: string[];
  security: Json[];
  parameters?: { name: string; in: string; schema: Json; example?: unknown }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description: string; content?: Record<string, Media> }>;
}

interface Document {
  openapi: string;
  info: { title: string; version: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json>; securitySchemes: Record<string, Json> };
}

const server = openStubServer();
const REPOSITORY = join(import.meta.dir, "../..");
let text: string;
let document: Document;
let operations: { name: string; operation: Operation }[];

beforeAll(async () => {
  text = await (await server.handle(new Request(`${ORIGIN}/openapi.json`))).text();
  document = JSON.parse(text);
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
  );
});

test("a linter that nobody here wrote finds the document valid", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lanehook-openapi-"));
  try {
    const file = join(folder, "openapi.json");
    await Bun.write(file, text);
    const redocly = join(REPOSITORY, "node_modules/@redocly/cli/bin/cli.js");
    const config = join(REPOSITORY, "test/support/redocly.yaml");
    const lint = Bun.spawn(
      [process.execPath, redocly, "lint", file, "--config", config, "--format", "json"],
      {
        // It would ask the network for its newest version and report its use.
        env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
        stdout: "pipe",
        stderr: "ignore",
      },
    );
    const { totals, problems } = (await new Response(lint.stdout).json()) as {
      totals: Json;
      problems: unknown[];
    };
    expect(problems).toEqual([]);
    expect(totals).toMatchObject({ errors: 0, warnings: 0 });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("every endpoint of the API is described", () => {
  expect(operations.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "post /api/auth/signup",
      "post /api/auth/login",
      "get /api/auth/me",
      "post /api/session",
      "post /api/session/signup",
      "get /api/session",
      "get /api/overview",
      "get /api/stream",
      "get /api/session/options",
      "delete /api/session",
      "get /api/subscriptions/{environment}",
      "put /api/subscriptions/{environment}",
      "delete /api/subscriptions/{environment}/{eventType}",
      "patch /api/subscriptions/{environment}/{eventType}/status",
      "post /api/subscriptions/{environment}/{eventType}/test",
      "get /api/subscriptions/promote",
      "post /api/subscriptions/promote",
      "get /api/deliveries",
      "get /api/deliveries/{deliveryId}",
      "get /api/deliveries/dlq",
      "get /api/deliveries/dlq/groups",
      "post /api/deliveries/dlq/{deliveryId}/replay",
      "post /api/deliveries/dlq/replay",
      "get /api/customers/me/auction-ids",
      "put /api/customers/me/auction-ids",
      "get /api/signing-secret",
      "post /api/signing-secret/rotate",
      "get /api/event-catalog",
      "get /api/event-catalog/{eventType}",
      "post /api/events",
      "get /api/events/{eventId}",
      "get /api/events/{eventId}/explain",
      "get /api/connectors",
      "get /api/connectors/{name}",
      "put /api/connectors/{name}",
      "delete /api/connectors/{name}",
      "patch /api/connectors/{name}/status",
      "post /api/connectors/{name}/poll",
      "get /api/connectors/{name}/runs",
      "get /api/connectors/{name}/commands",
      "get /api/connectors/{name}/listings/{listingId}",
      "post /api/connectors/{name}/listings/{listingId}/mark-as-sold",
      "post /api/connectors/{name}/listings/{listingId}/mark-as-not-sold",
      "post /api/connectors/{name}/listings/{listingId}/mark-as-provisional",
      "post /api/inbound/{connectorId}",
      "get /api/health",
    ]),
  );
});

test("every operation has a summary, an id of its own, a known tag and a success with an example", () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  const known = document.tags.map((tag) => tag.name);
  for (const { name, operation } of operations) {
    expect(operation.summary, name).toBeTruthy();
    expect(operation.tags, name).toHaveLength(1);
    expect(known, name).toContain(operation.tags[0] as string);
    const successes = Object.keys(operation.responses).filter((status) => status.startsWith("2"));
    expect(successes.length, name).toBeGreaterThan(0);
  }
});

test("every answer and every body has an example, save those without content", () => {
  const bare = mediaTypes().filter(({ media }) => examplesOf(media).length === 0);
  expect(bare.map(({ where }) => where)).toEqual([]);
});

test("every example is valid by its schema", () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "document", components: document.components });
  for (const { where, media } of mediaTypes()) {
    expect(media.schema, where).toBeDefined();
    const validate = ajv.compile(inDocument(media.schema ?? {}));
    for (const example of examplesOf(media)) {
      expect({ where, valid: validate(example), errors: validate.errors }).toEqual({
        where,
        valid: true,
        errors: null,
      });
    }
  }
  for (const { name, operation } of operations) {
    for (const parameter of operation.parameters ?? []) {
      if (parameter.example === undefined) continue;
      expect(ajv.validate(parameter.schema, parameter.example), `${name} ${parameter.name}`).toBe(true);
    }
  }
});

test("path parameters have examples", () => {
  const bare = operations.flatMap(({ name, operation }) =>
    (operation.parameters ?? [])
      .filter((parameter) => parameter.in === "path" && parameter.example === undefined)
      .map((parameter) => `${name} ${parameter.name}`),
  );
  expect(bare).toEqual([]);
});

test("customers and publishers have their own schemes, and each that is named is defined", () => {
  const schemes = document.components.securitySchemes;
  expect(schemes).toMatchObject({
    bearer: { type: "http", scheme: "bearer" },
    apiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
    publisherBasic: { type: "http", scheme: "basic" },
  });
  for (const { operation } of operations) {
    for (const scheme of operation.security.flatMap(Object.keys)) expect(schemes).toHaveProperty(scheme);
  }
});

test("nothing of the libraries' insides shows", () => {
  expect(text).not.toMatch(/"~standard"|"\$schema"|x-lanehook|"_zod"|#\/(definitions|\$defs)/);
});

const examplesOf = ({ example, examples }: Media) => [
  ...(example === undefined ? [] : [example]),
  ...Object.values(examples ?? {}).map(({ value }) => value),
];

function mediaTypes(): { where: string; media: Media }[] {
  return operations.flatMap(({ name, operation }) => {
    const places: [string, Record<string, Media>][] = [
      ["body", operation.requestBody?.content ?? {}],
      ...Object.entries(operation.responses).map(([status, { content }]): [string, Record<string, Media>] => [
        status,
        content ?? {},
      ]),
    ];
    return places.flatMap(([place, content]) =>
      Object.entries(content).map(([type, media]) => ({ where: `${name} ${place} ${type}`, media })),
    );
  });
}

/** A schema that refers into the document, as one that ajv resolves. */
const inDocument = (schema: Json): Json =>
  typeof schema.$ref === "string" ? { $ref: `document${schema.$ref}` } : schema;
