import { expect, test } from "bun:test";
import { receiveCallback } from "../../../src/connectors/roadster/callbacks.ts";
import { idsEntity, idsState } from "../../../src/connectors/roadster/customer-ids.ts";

const API_KEY = "roadster-example-key";

/** Receives a body as it is, with this Authorization. */
function receive(
  body: string | Uint8Array,
  options: { authorization?: string | null; keepSensitive?: boolean; known?: Record<string, string> } = {},
) {
  const { authorization = `Bearer ${API_KEY}`, keepSensitive = false, known = {} } = options;
  const headers = new Headers(authorization === null ? {} : { authorization });
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const recall = (entity: string) => known[entity] ?? null;
  return receiveCallback({ apiKey: API_KEY, keepSensitive }, { headers, body: bytes }, { recall });
}

const draftIn = (received: ReturnType<typeof receive>) => {
  if (!received.ok) throw new Error(received.reason);
  return received.step.drafts[0];
};

const event = (more: object = {}) =>
  JSON.stringify({ event_type: "agent_sent_message", event_id: "e1", customer: { id: 2285 }, ...more });

test("only the API key opens the door, whatever the body is; nothing is parsed before", () => {
  const wrong = [
    "Bearer other",
    `Bearer ${API_KEY}x`,
    `Bearer ${API_KEY.slice(1)}`,
    `Token ${API_KEY}`,
    API_KEY,
    "Bearer",
    "",
  ];
  for (const authorization of wrong) {
    expect(receive("{ no json", { authorization })).toEqual({
      ok: false,
      status: 401,
      reason: "the key in Authorization is not the API key",
    });
  }
  expect(receive(event(), { authorization: null })).toMatchObject({ status: 401 });
  for (const authorization of [`Bearer ${API_KEY}`, `bearer  ${API_KEY} `]) {
    expect(receive(event(), { authorization })).toMatchObject({ ok: true });
  }
});

test("any event type becomes a well-formed one, and each event is known by its id", () => {
  const types: [string, string][] = [
    ["agent_sent_message", "roadster.agent_sent_message"],
    ["order.updated", "roadster.order.updated"],
    ["Krédit / app", "roadster.Kr_dit___app"],
    ["..", "roadster._._._"],
    ["x".repeat(300), `roadster.${"x".repeat(191)}`],
    [`${"x".repeat(190)}.y`, `roadster.${"x".repeat(190)}_`],
  ];
  for (const [name, eventType] of types) {
    expect(draftIn(receive(event({ event_type: name })))).toMatchObject({ eventType, key: "callback/e1" });
  }
  expect(draftIn(receive(event({ event_id: 77 })))?.key).toBe("callback/77");
  const bare = draftIn(receive(event({ event_id: null })))?.key;
  expect(bare).toStartWith("callback/sha256:");
  expect(draftIn(receive(event({ event_id: null })))?.key).toBe(bare as string);
  expect(draftIn(receive(event({ event_id: "", other: 1 })))?.key).not.toBe(bare as string);
  expect(draftIn(receive(event({ event_id: "e".repeat(5000) })))?.key.length).toBeLessThan(100);
});

test("the payload is as it came but for what is nobody's business; with keepSensitive it is all of it", () => {
  const body = `{"event_type": "x","event_id":"e1","n":12345678901234567890,"credit_applicant":{"ssn":"900-12-3456","income":1.0}}`;
  expect(draftIn(receive(body))?.payload).toBe(body.replace("900-12-3456", "***"));
  expect(draftIn(receive(body, { keepSensitive: true }))?.payload).toBe(body);
});

test("what cannot be read is 400, and its reason quotes nothing of it", () => {
  const bodies = [
    "{ ssn 123",
    "[]",
    "7",
    "",
    '"text"',
    "{}",
    event({ event_type: "" }),
    event({ event_type: 5 }),
  ];
  for (const body of [...bodies, new Uint8Array([0x7b, 0xff, 0x7d])]) {
    const received = receive(body);
    expect(received).toMatchObject({ ok: false, status: 400 });
    expect(JSON.stringify(received)).not.toContain("123");
  }
});

test("the answer is what is known of that customer, and {} for any other", () => {
  const ids = { agent_id: "A", customer_id: "C" };
  const known = { [idsEntity("2285")]: idsState(ids) };
  expect(receive(event(), { known })).toMatchObject({ ok: true, answer: ids });
  expect(receive(event({ customer: { id: "2285" } }), { known })).toMatchObject({ answer: ids });
  for (const customer of [{ id: 2286 }, { id: null }, {}, null, "2285"]) {
    expect(receive(event({ customer }), { known })).toEqual(expect.objectContaining({ answer: {} }));
  }
});
