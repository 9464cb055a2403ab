import { afterAll, beforeAll, expect, test } from "bun:test";
import { type InputField, inputFields } from "../../src/console/commands/input-fields.ts";
import type { Operation } from "../../src/console/commands/input-schema.ts";
import { InputMistake, requestOf } from "../../src/console/commands/input-values.ts";
import { OFFERS } from "../../src/console/commands/offers.ts";
import { startTestApp, type TestApp } from "../support/test-app.ts";

const CONNECTOR = "/api/connectors/{name}";

/** What is done to a connector itself, for which its page has buttons of their own. */
const ITS_OWN = ["put ", "post /poll"];

const offers = Object.values(OFFERS).flat();

let app: TestApp;
let paths: Record<string, Record<string, Operation>>;

beforeAll(async () => {
  app = await startTestApp();
  const document = await (await fetch(`${app.origin}/openapi.json`)).json();
  ({ paths } = document as { paths: typeof paths });
});

afterAll(() => app[Symbol.asyncDispose]());

const operationOf = ({ path, method }: { path: string; method: string }): Operation => {
  const operation = paths[CONNECTOR + path]?.[method];
  if (operation === undefined) throw new Error(`the API has no ${method} ${path}`);
  return operation;
};

test("the console offers all that the API can ask of an upstream, and nothing else", () => {
  const known = Object.entries(paths).flatMap(([path, methods]) =>
    path.startsWith(CONNECTOR)
      ? Object.keys(methods)
          .filter((method) => method === "post" || method === "put")
          .map((method) => `${method} ${path.slice(CONNECTOR.length)}`)
      : [],
  );
  const offered = offers.map(({ method, path }) => `${method} ${path}`);
  expect(offered.toSorted()).toEqual(known.filter((each) => !ITS_OWN.includes(each)).toSorted());
});

test("what the API keeps as a command is not called a question, and the other way round", () => {
  const isKept = (operation: Operation) =>
    operation.parameters?.some(({ name }) => name === "Idempotency-Key") ?? false;
  const wrong = offers.filter((offer) => isKept(operationOf(offer)) === (offer.isQuestion === true));
  expect(wrong).toEqual([]);
});

test.each(offers)(
  "the form of $name asks for all that it takes, and makes the API's own example",
  (offer) => {
    const operation = operationOf(offer);
    const fields = inputFields(operation);
    const example = operation.requestBody?.content["application/json"].example as object | undefined;
    const values = { ...besides(operation), ...valuesFrom(fields, example ?? {}) };
    const made = requestOf(fields, values, { hasBody: operation.requestBody !== undefined });
    expect(made.body).toEqual(example as never);
    for (const place of ["path", "query"] as const)
      expect(Object.keys(made[place])).toEqual(
        (operation.parameters ?? [])
          .filter((parameter) => parameter.in === place && parameter.name !== "name")
          .map(({ name }) => name),
      );
  },
);

test("what is empty is left out, and what is required stays", () => {
  const fields = inputFields(operationOf({ method: "post", path: "/customers" }));
  const values = { "customer.email": " sam@example.com ", "vehicle.make": "  " };
  expect(requestOf(fields, values, { hasBody: true }).body).toEqual({
    customer: { email: "sam@example.com" },
  });
  const first = fields.find(({ at }) => at === "customer");
  expect(first).toMatchObject({ type: "group", isRequired: true });
});

test("one of several forms is sent, and text that is no JSON names its field", () => {
  const fields = inputFields(operationOf({ method: "post", path: "/customers" }));
  const values = { "dealer.dpid": "lakeside", "dealer.partner_id": "12345", "dealer|form": "1" };
  expect(requestOf(fields, values, { hasBody: true }).body).toMatchObject({
    dealer: { partner_id: "12345" },
  });
  const broken = () => requestOf(fields, { "vehicle.*": '{"color":' }, { hasBody: true });
  expect(broken).toThrow(new InputMistake("vehicle.*", "This is not JSON."));
});

/** Fills in what stands beside a body. */
const besides = ({ parameters = [] }: Operation) =>
  Object.fromEntries(parameters.map(({ name, in: place, example }) => [`${place}.${name}`, String(example)]));

/** Fills in a form as a person would to get this object. */
function valuesFrom(fields: readonly InputField[], wanted: object): Record<string, string> {
  const values: Record<string, string> = {};
  const left = { ...wanted } as Record<string, unknown>;
  for (const field of fields) {
    if (/^(?:path|query)\./.test(field.at)) continue;
    const name = field.at.split(".").at(-1) ?? "";
    const value = name === "*" ? left : left[name];
    if (name !== "*") delete left[name];
    const isNothing = value === undefined || (name === "*" && Object.keys(left).length === 0);
    if (!isNothing) Object.assign(values, valueFor(field, value));
  }
  return values;
}

function valueFor(field: InputField, value: unknown): Record<string, string> {
  if (field.type === "group") return valuesFrom(field.fields, value as object);
  if (field.type === "either") return valuesFrom(field.forms[0] ?? [], value as object);
  const isJson = field.type === "json";
  const text =
    typeof value === "boolean" ? (value ? "yes" : "no") : isJson ? JSON.stringify(value) : String(value);
  return { [field.at]: field.type === "file" ? `data:image/png;base64,${text}` : text };
}
