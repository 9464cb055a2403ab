import { expect, test } from "bun:test";
import { problemIn } from "../support/problem.ts";
import { startReceiver } from "../support/receiver.ts";
import { PUBLISH_KEY, startTestApp, type TestApp } from "../support/test-app.ts";

const SOLD = "ae.asset.deal.sold.ams";

/** Everything that a parser between publisher and receiver would change. */
const DELICATE = `{ "auction-id" : "daanw","big":12345678901234567890,"f":1.0,"e":1E+2,"neg":-0.0,
\t"z":1,"a":2,"10":1,"9":2,"inside":{"twice":1,"twice":2},"auction-id2":"x","s":"\\u00e9 é 🚗 \\ud83d\\ude97 \\/ \\"q\\"","empty":{ } ,
  "list":[ ],"__proto__":{"x":1},"html":"<a&b>","nul":"\\u0000"  }`;

/** The same payload in each form that a single event may come in. */
const forms: Record<string, { body: string; query?: string; headers?: Record<string, string> }> = {
  native: { body: `{"eventType":"${SOLD}","payload":${DELICATE}}` },
  "native, other way round": { body: `{"payload": ${DELICATE} , "eventType":"${SOLD}"}` },
  envelope: { body: `{"version":"0","detail-type":"${SOLD}","detail":${DELICATE}}` },
  "record with an object": { body: record(`{"detail-type":"${SOLD}","detail":${DELICATE}}`) },
  "record with a text": {
    body: record(JSON.stringify(`{"detail-type":"${SOLD}","detail":${DELICATE}}`)),
  },
  "bare, type in the query": { body: DELICATE, query: `?eventType=${SOLD}` },
  "bare, type in a header": { body: DELICATE, headers: { "X-Event-Type": SOLD } },
};

for (const [form, { body, query = "", headers = {} }] of Object.entries(forms)) {
  test(`a payload reaches its receiver byte for byte: ${form}`, async () => {
    await using app = await startTestApp();
    await using receiver = startReceiver();
    const { token } = await givenSubscriber(app, receiver.url);
    const answer = await post(app, body, { query, headers: { "X-Environment": "sandbox", ...headers } });
    expect([answer.status, answer.json()]).toEqual([
      202,
      { events: [{ eventId: expect.any(String), eventType: SOLD, duplicate: false, deliveries: 1 }] },
    ]);
    await app.idle();
    expect(receiver.received.map((webhook) => webhook.body)).toEqual([DELICATE]);
    expect((await app.deliveriesOf(token))[0]?.payload).toBe(DELICATE);
  });
}

test("an array may hold all forms, and is answered in its order", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  await givenSubscriber(app, receiver.url, "*");
  const elements = [
    '{"eventType":"a.native","payload":{"n":1.0}}',
    '{"detail-type":"b.envelope","detail":{"n":2.0}}',
    record('{"detail-type":"c.record","detail":{"n":3.0}}'),
    record(JSON.stringify('{"detail-type":"d.text","detail":{"n":4.0}}')),
    '{"n":5.0}',
  ];
  const answer = await post(app, ` [ ${elements.join(" ,\n")} ] `, {
    query: "?environment=sandbox&eventType=e.bare",
  });
  const types = ["a.native", "b.envelope", "c.record", "d.text", "e.bare"];
  expect(answer.json().events.map(({ eventType }: { eventType: string }) => eventType)).toEqual(types);
  await app.idle();
  const got = receiver.received.map(({ headers, body }) => `${headers["x-webhook-event"]} ${body}`).sort();
  expect(got).toEqual(types.map((type, n) => `${type} {"n":${n + 1}.0}`));
});

test("an empty array is accepted and holds no events", async () => {
  await using app = await startTestApp();
  const answer = await post(app, "[]");
  expect([answer.status, answer.json()]).toEqual([202, { events: [] }]);
});

test("an array is accepted whole or not at all", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await givenSubscriber(app, receiver.url);
  const good = { eventType: SOLD, environment: "sandbox", id: "good", payload: { "auction-id": "daanw" } };
  for (const [bad, problem] of [
    [{ eventType: "not a type", payload: {} }, "422 invalid_event_type"],
    [{ eventType: SOLD, payload: [] }, "422 invalid_input"],
    [{ eventType: SOLD, payload: {}, environment: "staging" }, "422 invalid_input"],
    [{ eventType: SOLD }, "422 invalid_input"],
    [{}, "415 unknown_form"],
    [1, "422 invalid_input"],
  ] as const) {
    const answer = await post(app, JSON.stringify([good, bad, good]));
    expect(problemIn(answer)).toBe(problem);
    if (answer.json().errors) expect(answer.json().errors[0].path).toStartWith("[1]");
  }
  await app.idle();
  expect(receiver.received).toEqual([]);
  expect(await app.deliveriesOf(token)).toEqual([]);
  expect(await app.publish(JSON.stringify(good))).toMatchObject([{ duplicate: false }]); // no key was kept
});

test("the environment is the body's, the query's or the header's, else production", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await givenSubscriber(app, receiver.url);
  await app.givenSubscription(token, { url: receiver.url, environment: "production" });
  const native = (environment?: string) =>
    JSON.stringify({ eventType: SOLD, payload: { "auction-id": "daanw" }, environment });
  const environmentOf = async (body: string, options: Options = {}) => {
    await post(app, body, options);
    await app.idle();
    return (await app.deliveriesOf(token))[0]?.environment;
  };
  expect(await environmentOf(native())).toBe("production");
  expect(await environmentOf(native("sandbox"))).toBe("sandbox");
  expect(await environmentOf(native(), { query: "?environment=sandbox" })).toBe("sandbox");
  expect(await environmentOf(native(), { headers: { "X-Environment": "sandbox" } })).toBe("sandbox");
  expect(await environmentOf(native("production"), { query: "?environment=sandbox" })).toBe("production");
});

test("a type that the catalog lacks is admitted and routed, and a foreign one made to fit", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  await givenSubscriber(app, receiver.url, "*");
  const [own] = await app.publish({ eventType: "acme.Car-Lot.opened_2" });
  expect(own).toMatchObject({ eventType: "acme.Car-Lot.opened_2", deliveries: 1 });
  const answer = await post(app, '{"detail-type":"EC2 Instance: State/change","detail":{}}', {
    query: "?environment=sandbox",
  });
  expect(answer.json().events).toMatchObject([{ eventType: "EC2_Instance__State_change", deliveries: 1 }]);
});

test("a key that was admitted before gets the first result, and nothing is sent again", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await givenSubscriber(app, receiver.url);
  const event = { eventType: SOLD, id: "sale-1" };
  const [first] = await app.publish(event);
  await app.call("DELETE", `/subscriptions/sandbox/${SOLD}`, { auth: token });
  const [second] = await app.publish({ ...event, eventType: "other.type", payload: { other: 1 } });
  expect(first).toMatchObject({ duplicate: false, deliveries: 1 });
  expect(second).toEqual({ ...first, duplicate: true } as typeof second & object);

  const header = { "Idempotency-Key": "sale-1", "X-Environment": "sandbox" };
  const byHeader = await post(app, '{"eventType":"a.b","payload":{}}', { headers: header });
  expect(byHeader.json().events).toEqual([second]);
  await app.idle();
  expect(receiver.received).toHaveLength(1);
});

test("keys are a publisher's own, and an environment's own", async () => {
  await using app = await startTestApp();
  const { key } = await app.app.publishers.add("second");
  const event = { eventType: SOLD, payload: {}, id: "sale-1" };
  const isDuplicate = async (environment: string, auth = PUBLISH_KEY) => {
    const answer = await app.call("POST", "/events", { auth, body: { ...event, environment } });
    return answer.json().events[0].duplicate;
  };
  expect(await isDuplicate("sandbox")).toBe(false);
  expect(await isDuplicate("production")).toBe(false);
  expect(await isDuplicate("sandbox", key)).toBe(false);
  expect(await isDuplicate("sandbox")).toBe(true);
  expect(await isDuplicate("production")).toBe(true);
  expect(await isDuplicate("sandbox", key)).toBe(true);
});

test("an envelope's source and id mean the same from whoever brings it", async () => {
  await using app = await startTestApp();
  const { key } = await app.app.publishers.add("second");
  const isDuplicate = async (envelope: object, auth = PUBLISH_KEY, environment = "sandbox") => {
    const body = { "detail-type": SOLD, detail: {}, ...envelope };
    const answer = await app.call("POST", `/events?environment=${environment}`, { auth, body });
    return answer.json().events[0].duplicate;
  };
  expect(await isDuplicate({ source: "ams", id: "1" })).toBe(false);
  expect(await isDuplicate({ source: "ams", id: "1" }, key)).toBe(true);
  expect(await isDuplicate({ source: "ams", id: "2" })).toBe(false);
  expect(await isDuplicate({ source: "ams2", id: "1" })).toBe(false);
  expect(await isDuplicate({ source: "ams", id: "1" }, key, "production")).toBe(false);
  expect(await isDuplicate({ id: "1" })).toBe(false);
  expect(await isDuplicate({ id: "1" })).toBe(false); // an id without its source tells nothing
});

test("the same key twice in one array, or in requests at the same time, is one event", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  await givenSubscriber(app, receiver.url);
  const event = { eventType: SOLD, environment: "sandbox", payload: { "auction-id": "daanw" } };
  const [first, second, other] = await app.publish(
    JSON.stringify([
      { ...event, id: "1" },
      { ...event, id: "1" },
      { ...event, id: "2" },
    ]),
  );
  expect(second).toEqual({ ...first, duplicate: true } as typeof second & object);
  expect(other).toMatchObject({ duplicate: false });
  const body = JSON.stringify({ ...event, id: "3" });
  const answers = await Promise.all(Array.from({ length: 8 }, () => app.publish(body)));
  const duplicates = answers.flat().filter(({ duplicate }) => duplicate);
  expect(duplicates).toHaveLength(7);
  expect(new Set(answers.flat().map(({ eventId }) => eventId)).size).toBe(1);
  await app.idle();
  expect(receiver.received).toHaveLength(3);
});

const mistakes: [name: string, problem: string, body: string | Uint8Array<ArrayBuffer>, options?: Options][] =
  [
    ["no JSON", "400 malformed_json", "{"],
    ["nothing", "400 malformed_json", ""],
    ["JSON and more", "400 malformed_json", '{"eventType":"a.b","payload":{}} x'],
    ["a comma too many", "400 malformed_json", '[{"eventType":"a.b","payload":{}},]'],
    ["no UTF-8", "400 malformed_json", Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)],
    ["a text that is no JSON in Data", "400 malformed_json", record('"{"')],
    ["a key twice at the top", "400 duplicate_key", '{"eventType":"a.b","payload":{},"payload":{}}'],
    [
      "a key twice in an envelope",
      "400 duplicate_key",
      '{"detail-type":"a.b","detail":{},"id":"1","id":"2"}',
    ],
    ["no form", "415 unknown_form", '{"anything":1}'],
    ["another type of content", "415 unsupported_form", "a=b", type("application/x-www-form-urlencoded")],
    ["CloudEvents", "415 unsupported_form", "{}", type("application/cloudevents+json")],
    ["CloudEvents in a batch", "415 unsupported_form", "[]", type("application/cloudevents-batch+json")],
    ["binary CloudEvents", "415 unsupported_form", "{}", { headers: { "ce-specversion": "1.0" } }],
    ["a plain CloudEvent", "415 unsupported_form", '{"specversion":"1.0","type":"a","source":"b","id":"c"}'],
    ["PutEvents", "415 unsupported_form", "{}", { headers: { "X-Amz-Target": "AWSEvents.PutEvents" } }],
    ["a word", "422 invalid_input", "true"],
    ["no payload", "422 invalid_input", '{"eventType":"a.b"}'],
    ["a payload that is a list", "422 invalid_input", '{"eventType":"a.b","payload":[]}'],
    ["a payload that is a text", "422 invalid_input", '{"eventType":"a.b","payload":"{}"}'],
    ["an empty key", "422 invalid_input", '{"eventType":"a.b","payload":{},"id":""}'],
    ["a key that is a number", "422 invalid_input", '{"eventType":"a.b","payload":{},"id":1}'],
    ["a long key", "422 invalid_input", `{"eventType":"a.b","payload":{},"id":"${"k".repeat(257)}"}`],
    ["a malformed type", "422 invalid_event_type", '{"eventType":"a..b","payload":{}}'],
    ["a long type", "422 invalid_event_type", `{"eventType":"${"a".repeat(201)}","payload":{}}`],
    ["a pattern as type", "422 invalid_event_type", '{"eventType":"ae.*","payload":{}}'],
    ["an environment that is none", "422 invalid_input", "{}", { query: "?environment=Sandbox&eventType=a" }],
    ["an array under one key", "422 invalid_input", "[]", { headers: { "Idempotency-Key": "k" } }],
    ["a payload of more than 1 MiB", "413 payload_too_large", bare(1_048_577), { query: "?eventType=a.b" }],
    ["a request of 9 MiB", "413 request_too_large", bare(9 * 1_048_576), { query: "?eventType=a.b" }],
    ["100,000 lists in each other", "422 invalid_input", nested(100_000), { query: "?eventType=a.b" }],
    ["lists that are never closed", "422 invalid_input", "[".repeat(100_000)],
  ];

test("every mistake is told as a problem with its code, and the hub goes on", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  await givenSubscriber(app, receiver.url, "*");
  for (const [name, problem, body, options] of mistakes) {
    expect(`${name}: ${problemIn(await post(app, body, options))}`).toBe(`${name}: ${problem}`);
  }
  const largest = await post(app, bare(1_048_576), { query: "?eventType=a.b&environment=sandbox" });
  expect(largest.status).toBe(202);
  await app.idle();
  expect(receiver.received.map(({ body }) => body.length)).toEqual([1_048_576]);
});

interface Options {
  query?: string;
  headers?: Record<string, string>;
}

async function post(
  app: TestApp,
  body: string | Uint8Array<ArrayBuffer>,
  { query = "", headers = {} }: Options = {},
) {
  const response = await fetch(`${app.api}/events${query}`, {
    method: "POST",
    headers: { authorization: `Bearer ${PUBLISH_KEY}`, "content-type": "application/json", ...headers },
    body,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
}

async function givenSubscriber(app: TestApp, url: string, eventType = SOLD) {
  const customer = await app.givenCustomer();
  await app.givenSubscription(customer.token, { url, eventType });
  return customer;
}

function record(data: string): string {
  return `{"Data":${data},"SystemMetadata":{"EventId":"4711"}}`;
}

function type(contentType: string): Options {
  return { headers: { "content-type": contentType } };
}

/** An object of exactly this many bytes. */
function bare(bytes: number): string {
  return `{"fill":"${"x".repeat(bytes - 11)}"}`;
}

function nested(levels: number): string {
  return `{"a":${"[".repeat(levels)}${"]".repeat(levels)}}`;
}
