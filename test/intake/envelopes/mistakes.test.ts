import { describe, expect, test } from "bun:test";
import {
  MAX_EVENTS_PER_REQUEST,
  MAX_PAYLOAD_BYTES,
  MAX_REQUEST_BYTES,
} from "../../../src/intake/envelopes/read-drafts.ts";
import { draftIn, draftsIn, refusalOf, refusalText, type Sent } from "./publish-request.ts";

const ok = '{"eventType":"a","payload":{}}';
const typed: Sent = { query: { eventType: "a" } };
const keyed: Sent = { headers: { "Idempotency-Key": "k" } };
const cloudEvent = '{"specversion":"1.0","type":"a","source":"s","id":"1","data":{}}';
const recordOf = (data: unknown) => JSON.stringify({ Data: data, SystemMetadata: {} });

type Row = [body: string, sent: Sent, status: number, code: string, path: string | null];

const rows: Record<string, Row[]> = {
  "malformed JSON": [
    ["", {}, 400, "malformed_json", null],
    ["{", {}, 400, "malformed_json", null],
    ["nope", {}, 400, "malformed_json", null],
    [`${ok}x`, {}, 400, "malformed_json", null],
    [`\ufeff${ok}`, {}, 400, "malformed_json", null],
    [`${ok}\u0000`, {}, 400, "malformed_json", null],
    [`[${ok},]`, {}, 400, "malformed_json", null],
    [`[7,${ok}`, {}, 400, "malformed_json", null], // graver than the 7
    [recordOf("{"), {}, 400, "malformed_json", "Data"],
    [recordOf('{"detail-type":"a","detail":{"x":"\ud83d"}}'), {}, 400, "malformed_json", "Data"],
    [`[${ok},${recordOf("")}]`, {}, 400, "malformed_json", "[1].Data"],
  ],
  "a key twice": [
    ['{"eventType":"a","payload":{},"payload":{}}', {}, 400, "duplicate_key", "payload"],
    ['{"detail-type":"a","detail":{},"id":"1","i\\u0064":"2"}', {}, 400, "duplicate_key", "id"],
    ['{"eventType":"a","payload":{},"mine":1,"mine":2}', {}, 400, "duplicate_key", null],
    [
      '{"Data":{"detail-type":"a","detail":{}},"SystemMetadata":{},"Data":{}}',
      {},
      400,
      "duplicate_key",
      "Data",
    ],
    [recordOf('{"detail-type":"a","detail":{},"detail":{}}'), {}, 400, "duplicate_key", "Data.detail"],
    [`[${ok},{"eventType":"a","payload":{},"mine":1,"mine":2}]`, {}, 400, "duplicate_key", "[1]"],
  ],
  "forms that are not taken": [
    [ok, { contentType: "text/plain" }, 415, "unsupported_form", null],
    [ok, { contentType: "application/x-www-form-urlencoded" }, 415, "unsupported_form", null],
    [ok, { contentType: "application/jsonx" }, 415, "unsupported_form", null],
    [
      cloudEvent,
      { contentType: "application/cloudevents+json; charset=utf-8" },
      415,
      "unsupported_form",
      null,
    ],
    ["[]", { contentType: "Application/CloudEvents-Batch+json" }, 415, "unsupported_form", null],
    [ok, { headers: { "ce-specversion": "1.0" } }, 415, "unsupported_form", null],
    [cloudEvent, typed, 415, "unsupported_form", null],
    [`[${cloudEvent}]`, {}, 415, "unsupported_form", "[0]"],
    [
      '{"Entries":[]}',
      { contentType: "application/x-amz-json-1.1", headers: { "X-Amz-Target": "AWSEvents.PutEvents" } },
      415,
      "unsupported_form",
      null,
    ],
    ["{}", {}, 415, "unknown_form", null],
    ['{"hello":"world"}', {}, 415, "unknown_form", null],
    [`[${ok},{"detail":{}}]`, {}, 415, "unknown_form", "[1]"],
  ],
  "what is no object": [
    ["1", {}, 422, "invalid_input", null],
    ['"text"', typed, 422, "invalid_input", null],
    ["null", {}, 422, "invalid_input", null],
    [`[${ok},7]`, {}, 422, "invalid_input", "[1]"],
    [`[[${ok}]]`, {}, 422, "invalid_input", "[0]"],
    ["[null,7]", typed, 422, "invalid_input", "[0]"],
  ],
  "half a form": [
    ['{"eventType":"a"}', {}, 422, "invalid_input", "payload"],
    ['{"payload":{}}', {}, 422, "invalid_input", "eventType"],
    ['[{"detail-type":"a"}]', {}, 422, "invalid_input", "[0].detail"],
    [recordOf({}), typed, 422, "invalid_input", "Data"],
    [recordOf(7), {}, 422, "invalid_input", "Data"],
    [recordOf("[]"), {}, 422, "invalid_input", "Data"],
    [recordOf({ "detail-type": "a", detail: 7 }), {}, 422, "invalid_input", "Data.detail"],
  ],
  payloads: [
    ['{"eventType":"a","payload":[]}', {}, 422, "invalid_input", "payload"],
    ['{"eventType":"a","payload":"{}"}', {}, 422, "invalid_input", "payload"],
    ['{"detail-type":"a","detail":null}', {}, 422, "invalid_input", "detail"],
  ],
  "event types": [
    ['{"eventType":"a b","payload":{}}', {}, 422, "invalid_event_type", "eventType"],
    ['{"eventType":"","payload":{}}', {}, 422, "invalid_event_type", "eventType"],
    ['{"eventType":7,"payload":{}}', {}, 422, "invalid_event_type", "eventType"],
    [`[${ok},${ok},${ok},{"eventType":"a..b","payload":{}}]`, {}, 422, "invalid_event_type", "[3].eventType"],
    ['{"detail-type":"","detail":{}}', {}, 422, "invalid_event_type", "detail-type"],
    ['{"detail-type":["a"],"detail":{}}', {}, 422, "invalid_event_type", "detail-type"],
    ["{}", { query: { eventType: "a b" } }, 422, "invalid_event_type", "eventType"],
    ["{}", { headers: { "X-Event-Type": "" } }, 422, "invalid_event_type", "X-Event-Type"],
    ["{}", { ...typed, headers: { "X-Event-Type": "b" } }, 422, "invalid_input", "X-Event-Type"],
  ],
  environments: [
    [ok, { query: { environment: "prod" } }, 422, "invalid_input", "environment"],
    [ok, { query: { environment: "" } }, 422, "invalid_input", "environment"],
    ["[]", { headers: { "X-Environment": "Sandbox" } }, 422, "invalid_input", "X-Environment"],
    [
      ok,
      { query: { environment: "sandbox" }, headers: { "X-Environment": "production" } },
      422,
      "invalid_input",
      "X-Environment",
    ],
    ['[{"eventType":"a","payload":{},"environment":"x"}]', {}, 422, "invalid_input", "[0].environment"],
    ['{"eventType":"a","payload":{},"environment":null}', {}, 422, "invalid_input", "environment"],
  ],
  "dedupe keys": [
    ['{"eventType":"a","payload":{},"id":7}', {}, 422, "invalid_input", "id"],
    ['{"eventType":"a","payload":{},"id":""}', {}, 422, "invalid_input", "id"],
    ['{"eventType":"a","payload":{},"id":"\\ud83d"}', {}, 422, "invalid_input", "id"],
    [`{"eventType":"a","payload":{},"id":"${"k".repeat(257)}"}`, {}, 422, "invalid_input", "id"],
    ['{"eventType":"a","payload":{},"id":"other"}', keyed, 422, "invalid_input", "id"],
    [ok, { headers: { "Idempotency-Key": "k".repeat(257) } }, 422, "invalid_input", "Idempotency-Key"],
    [`[${ok}]`, keyed, 422, "invalid_input", "Idempotency-Key"],
    ["[]", keyed, 422, "invalid_input", "Idempotency-Key"],
    [
      `{"detail-type":"a","detail":{},"source":"s","id":"${"k".repeat(257)}"}`,
      {},
      422,
      "invalid_input",
      "id",
    ],
  ],
};

for (const [name, table] of Object.entries(rows)) {
  describe(name, () => {
    test.each(table)("%j with %j: %d %s at %s", (body, sent, status, code, path) => {
      expect(refusalOf(body, sent)).toEqual({ status, code, path } as never);
    });
  });
}

test("bytes that are no UTF-8 are malformed", () => {
  const bytes = Buffer.concat([
    Buffer.from('{"eventType":"a","payload":{"x":"'),
    Uint8Array.of(0xff),
    Buffer.from('"}}'),
  ]);
  expect(refusalOf(bytes)).toMatchObject({ status: 400, code: "malformed_json" });
});

describe("limits", () => {
  const payloadOf = (length: number, letter = "x") => {
    const space = length - '{"x":""}'.length;
    return `{"x":"${letter.repeat(space / Buffer.byteLength(letter))}"}`;
  };
  const formsOf = (payload: string): [string, Sent][] => [
    [`{"eventType":"a","payload":${payload}}`, {}],
    [`{"detail-type":"a","detail":${payload}}`, {}],
    [recordOf(`{"detail-type":"a","detail":${payload}}`), {}],
    [payload, typed],
  ];

  test("a payload of just 1 MiB is taken, one byte more is not", () => {
    for (const [body, sent] of formsOf(payloadOf(MAX_PAYLOAD_BYTES))) {
      expect(draftIn(body, sent).payload).toHaveLength(MAX_PAYLOAD_BYTES);
    }
    for (const [body, sent] of formsOf(payloadOf(MAX_PAYLOAD_BYTES + 1))) {
      expect(refusalOf(body, sent)).toMatchObject({ status: 413, code: "payload_too_large" });
    }
  });

  test("bytes count, not characters", () => {
    const [body] = formsOf(payloadOf(MAX_PAYLOAD_BYTES + 2, "é"))[0] ?? [""];
    expect(refusalOf(body)).toEqual({ status: 413, code: "payload_too_large", path: "payload" });
  });

  test("nesting too deep is told as such", () => {
    const deep = `{"eventType":"a","payload":{"x":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`;
    expect(refusalOf(deep)).toEqual({ status: 422, code: "invalid_input", path: null });
    expect(refusalText(deep)).toContain("256 deep");
    expect(refusalOf(recordOf(deep))).toMatchObject({ code: "invalid_input", path: "Data" });
  });

  test("a request of 8 MiB is read, whatever it is full of", () => {
    const events = Array(7).fill(`{"eventType":"a","payload":${payloadOf(MAX_PAYLOAD_BYTES - 64)}}`);
    expect(draftsIn(`[${events.join(",")}]`)).toHaveLength(7);
    const ones = `[${"1,".repeat(MAX_REQUEST_BYTES / 2 - 2)}1]`;
    expect(refusalOf(ones)).toMatchObject({ code: "invalid_input", path: "[0]" });
    const quotes = `{"x":"${'\\"'.repeat(MAX_REQUEST_BYTES / 2 - 8)}"}`;
    expect(refusalOf(quotes, typed)).toMatchObject({ code: "payload_too_large" });
  });
});

test("a refusal gives nothing away of payloads, keys and headers", () => {
  const secret = "hush-hush";
  const bodies = [
    `{"eventType":"${secret}!","payload":{"x":"${secret}"}}`,
    `{"eventType":"a","payload":"${secret}"}`,
    `{"eventType":"a","payload":{"x":"${secret}`,
    `{"eventType":"a","payload":{},"${secret}":1,"${secret}":2}`,
    `{"eventType":"a","payload":{},"id":"${secret.repeat(100)}"}`,
    `{"eventType":"a","payload":{},"id":"1","environment":"${secret}"}`,
    `{"detail-type":"a","detail":"${secret}"}`,
    `{"${secret}":1}`,
    recordOf(`${secret}`),
  ];
  for (const body of bodies) expect(refusalText(body)).not.toContain(secret);
  const keyed = { headers: { "Idempotency-Key": secret } };
  expect(refusalText('{"eventType":"a","payload":{},"id":"1"}', keyed)).not.toContain(secret);
  expect(refusalText(ok, { contentType: secret })).not.toContain(secret);
});

test("an array of more events than one request may hold is refused whole", () => {
  const body = (events: number) => `[${Array(events).fill("{}").join(",")}]`;
  expect(draftsIn(body(MAX_EVENTS_PER_REQUEST), typed)).toHaveLength(MAX_EVENTS_PER_REQUEST);
  expect(refusalOf(body(MAX_EVENTS_PER_REQUEST + 1), typed)).toMatchObject({ status: 413 });
});
