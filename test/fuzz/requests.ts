import fc from "fast-check";
import type { JsonSchema, Operation } from "./document.ts";

/** One request as it goes out. */
export interface FuzzRequest {
  operation: Operation;
  path: string;
  headers: Record<string, string>;
  body: Uint8Array | null;
}

/** What a hub holds already, for the generator to choose from. */
export interface Known {
  /** Headers that tell who calls, by whose they are. */
  credentials: Record<"customer" | "publisher" | "nobody", Record<string, string>[]>;
  /** Values of parameters, by the parameter's name. */
  parameters: Record<string, string[]>;
}

/** Names and values that have broken programs before. */
const NASTY = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "../../etc/passwd",
  "%00",
  "'; DROP TABLE events; --",
  "\ud800",
  "𝄞ä€",
  "*",
  "ae.asset.*",
  "null",
  "NaN",
  "-1",
  "1e400",
  "9".repeat(400),
  "x".repeat(5000),
  "2026-01-01T00:00:00Z",
  "http://169.254.169.254/",
  "{{7*7}}",
];

/** These go into a URL as they stand: broken escapes, and ones that mean what they should not. */
const RAW = ["%", "%zz", "%ff", "%00", "%2e%2e%2f", "%ed%a0%80", "a%0d%0aX-Evil:%201", "%F0%9F"];

const nasty = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.string({ maxLength: 10 }),
);

const anything = fc.oneof(
  { withCrossShrink: true },
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 2 ** 53 + 2, 1e308, [], {}),
  nasty,
  fc.jsonValue({ maxDepth: 3 }),
);

/** Requests to an operation: right, nearly right and wrong ones. */
export function requestsTo(operation: Operation, known: Known): fc.Arbitrary<FuzzRequest> {
  const { method, parameters, body } = operation;
  const given = fc.record(
    Object.fromEntries(parameters.map((each) => [`${each.in} ${each.name}`, parameterOf(each, known)])),
  );
  return fc
    .record({
      given,
      credential: credentialFor(operation, known),
      body: method === "GET" ? fc.constant(null) : fc.option(bodyOf(body), { freq: 12 }),
      type: fc.oneof(
        { weight: 12, arbitrary: fc.constant("application/json") },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/cloudevents+json",
            "application/cloudevents-batch+json",
            "multipart/form-data; boundary=x",
            "",
          ),
        },
      ),
    })
    .map((made) => ({
      operation,
      path: pathOf(operation, made.given),
      headers: {
        ...made.credential,
        ...headersOf(operation, made.given),
        ...(made.type !== "" && made.body !== null && { "content-type": made.type }),
      },
      body: made.body,
    }));
}

/** Mostly one that fits. */
function credentialFor({ security }: Operation, { credentials }: Known) {
  const { customer, publisher, nobody } = credentials;
  const takes = (scheme: string) => security.some((each) => Object.hasOwn(each, scheme));
  return fc.oneof(
    { weight: takes("bearer") ? 20 : 1, arbitrary: fc.constantFrom(...customer) },
    { weight: takes("publisherBearer") ? 20 : 1, arbitrary: fc.constantFrom(...publisher) },
    { weight: security.length === 0 ? 20 : 1, arbitrary: fc.constantFrom(...nobody) },
  );
}

type Given = Record<string, string | undefined>;

/** Undefined: left out. An empty part of a path, or dots, would be another path. */
function parameterOf(
  { name, in: where, schema, example }: Operation["parameters"][number],
  { parameters }: Known,
): fc.Arbitrary<string | undefined> {
  const told = [example, ...((schema.examples as unknown[]) ?? []), ...((schema.enum as unknown[]) ?? [])];
  const right = fc.constantFrom(...told.filter((each) => each !== undefined).map(String), "1");
  const held = parameters[name] ?? [];
  const some = fc.oneof(
    { weight: 4, arbitrary: right },
    { weight: held.length > 0 ? 6 : 0, arbitrary: fc.constantFrom(...held, "") },
    { weight: 2, arbitrary: nasty },
    { weight: where === "header" ? 0 : 1, arbitrary: fc.constantFrom(...RAW) },
  );
  if (where === "path") return some.filter((text) => !/^\.{0,2}$/.test(text));
  return fc.option(some, { nil: undefined, freq: 2 });
}

/** A lone surrogate cannot be written in a URL, nor control characters in a header. */
function pathOf({ path, parameters }: Operation, given: Given): string {
  const write = (text: string) => (RAW.includes(text) ? text : encodeURIComponent(text.toWellFormed()));
  const whole = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => write(given[`path ${name}`] ?? "x"));
  const query = parameters
    .filter((each) => each.in === "query" && given[`query ${each.name}`] !== undefined)
    .map(({ name }) => `${write(name)}=${write(given[`query ${name}`] ?? "")}`);
  return query.length > 0 ? `${whole}?${query.join("&")}` : whole;
}

function headersOf({ parameters }: Operation, given: Given): Record<string, string> {
  return Object.fromEntries(
    parameters
      .filter((each) => each.in === "header" && given[`header ${each.name}`] !== undefined)
      .map(({ name }) => [name, (given[`header ${name}`] ?? "").replaceAll(/[^\u0020-\u007e]/g, "?").trim()]),
  );
}

/** Hosts of the document's examples, and where all that is ours goes instead: nothing leaves this machine. */
const ANY_HOST = /https?:\/\/(?:[a-z0-9-]+\.)+[a-z]{2,}/gi;
const LOCAL_URL = "http://127.0.0.1:1";

/** A connector that is not told its upstream would call the real one. */
function confined(value: unknown): unknown {
  const settings = (value as { settings?: unknown } | null)?.settings;
  if (typeof settings !== "object" || settings === null) return value;
  return { ...(value as object), settings: { ...settings, baseUrl: LOCAL_URL } };
}

const encoder = new TextEncoder();

function bodyOf(body: Operation["body"]): fc.Arbitrary<Uint8Array> {
  const right =
    body === null || body.examples.length === 0 ? fc.constant({}) : fc.constantFrom(...body.examples);
  const values = fc.oneof(
    { weight: 3, arbitrary: right },
    { weight: 6, arbitrary: right.chain(nearly) },
    { weight: 4, arbitrary: body === null ? anything : valueFrom(body.schema) },
    { weight: 1, arbitrary: anything },
  );
  const whole = values.map((value) =>
    (JSON.stringify(confined(value)) ?? "null").replaceAll(ANY_HOST, LOCAL_URL),
  );
  return fc.oneof(
    { weight: 10, arbitrary: whole.map((text) => encoder.encode(text)) },
    { weight: 1, arbitrary: whole.map((text) => encoder.encode(text.slice(0, text.length >> 1))) },
    { weight: 1, arbitrary: whole.map((text) => Uint8Array.from([...encoder.encode(text), 0xff, 0xfe])) },
    {
      weight: 1,
      arbitrary: whole.map((text) => encoder.encode(text.replace("{", '{"__proto__":{"a":1},"a":1,"a":2,'))),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  );
}

/** A right value with one thing changed, left out or added. */
function nearly(value: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(value))
    return fc.tuple(fc.nat(3), anything).map(([at, other]) => value.toSpliced(at, 1, other));
  if (typeof value !== "object" || value === null) return anything;
  const keys = Object.keys(value);
  const name = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...keys, "x") },
    { weight: 1, arbitrary: nasty },
  );
  const change = fc.oneof(
    { weight: 3, arbitrary: anything },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
  return fc.tuple(name, change).map(([key, other]) => ({ ...value, [key]: other }));
}

/** Values that a schema describes, as far as it says so simply; else anything. */
function valueFrom(schema: JsonSchema): fc.Arbitrary<unknown> {
  const choices = (schema.oneOf ?? schema.anyOf) as JsonSchema[] | undefined;
  if (choices) return fc.oneof(...choices.map(valueFrom));
  if (schema.enum) return fc.constantFrom(...(schema.enum as unknown[]));
  switch (schema.type) {
    case "object":
      return objectOf(schema);
    case "array":
      return fc.array(valueFrom((schema.items ?? {}) as JsonSchema), { maxLength: 5 });
    case "string":
      return nasty;
    case "integer":
    case "number":
      return fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, -1, 2 ** 53));
    case "boolean":
      return fc.boolean();
    default:
      return anything;
  }
}

function objectOf({ properties }: JsonSchema): fc.Arbitrary<unknown> {
  const entries = Object.entries((properties ?? {}) as Record<string, JsonSchema>);
  if (entries.length === 0) return fc.dictionary(nasty, anything, { maxKeys: 4 });
  return fc.record(Object.fromEntries(entries.map(([name, schema]) => [name, valueFrom(schema)])), {
    requiredKeys: [],
  });
}
