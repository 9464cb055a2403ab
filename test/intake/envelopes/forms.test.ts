import { describe, expect, test } from "bun:test";
import { draftIn, draftsIn } from "./publish-request.ts";

const native = '{"eventType":"ae.asset.deal.sold.ams","payload":{"a":1}}';
const envelope =
  '{"version":"0","id":"e-1","detail-type":"ae.asset.deal.sold.ams","source":"ams","account":"1","resources":[],"detail":{"a":1}}';
const record = `{"Data":${envelope},"Metadata":{},"SystemMetadata":{"aws:DeliveryType":"LIVE"}}`;
const recordOfText = JSON.stringify({ Data: envelope, SystemMetadata: {} });

const sold = {
  eventType: "ae.asset.deal.sold.ams",
  environment: "production",
  payload: '{"a":1}',
  auctionIds: [],
};
const fromSource = { ...sold, dedupe: { scope: "source", key: '["ams","e-1"]' } };

describe("each form gives its draft", () => {
  test("native", () => {
    expect(draftIn(native)).toEqual({ ...sold, dedupe: null } as never);
  });

  test.each([
    ["envelope", envelope],
    ["record", record],
    ["record of text", recordOfText],
  ])("%s", (_, body) => {
    expect(draftIn(body)).toEqual(fromSource as never);
  });

  test.each([
    ["query", { query: { eventType: "x.y" } }],
    ["header", { headers: { "X-Event-Type": "x.y" } }],
    ["both alike", { query: { eventType: "x.y" }, headers: { "x-event-type": "x.y" } }],
  ])("a bare payload whose type stands in the %s", (_, sent) => {
    const payload = ' {"a": 1} ';
    expect(draftIn(payload, sent)).toMatchObject({ eventType: "x.y", payload: '{"a": 1}', dedupe: null });
  });

  test("an array of any of them, in order", () => {
    const drafts = draftsIn(`[${native}, ${envelope},\n${record},${recordOfText},{"bare":true}]`, {
      query: { eventType: "x.y" },
    });
    expect(drafts.map(({ eventType, payload }) => [eventType, payload])).toEqual([
      ...Array(4).fill([sold.eventType, '{"a":1}']),
      ["x.y", '{"bare":true}'],
    ]);
  });

  test.each(["[]", " [ ] "])("%p holds no drafts", (body) => {
    expect(draftsIn(body)).toEqual([]);
  });
});

describe("the order in which forms are told apart", () => {
  test.each([
    [
      "a record over an envelope",
      `{"Data":${envelope},"SystemMetadata":0,"detail-type":"t","detail":{}}`,
      sold.eventType,
    ],
    ["an envelope over native", '{"detail-type":"t.e","detail":{},"eventType":"t.n","payload":{}}', "t.e"],
    ["native over bare", '{"eventType":"t.n","payload":{}}', "t.n"],
    ["bare where half a form is missing", '{"eventType":"t.n"}', "x.y"],
    ["bare where only Data stands", '{"Data":{}}', "x.y"],
  ])("%s", (_, body, eventType) => {
    expect(draftIn(body, { query: { eventType: "x.y" } }).eventType).toBe(eventType);
  });
});

test.each([null, "", "application/json", "Application/JSON; charset=utf-8", "application/vnd.dealer+json"])(
  "content type %p is taken as JSON",
  (contentType) => {
    expect(draftsIn(native, { contentType })).toHaveLength(1);
  },
);

describe("event types", () => {
  test.each([
    ["ae.asset.deal.sold.ams", "ae.asset.deal.sold.ams"],
    ["Scheduled Event", "Scheduled_Event"],
    ["a..b", "a._.b"],
    ["käufer", "k_ufer"],
  ])("an envelope's %p becomes %p", (name, eventType) => {
    expect(draftIn(JSON.stringify({ "detail-type": name, detail: {} })).eventType).toBe(eventType);
  });

  test("an escape in a key or a value of ours is undone", () => {
    expect(draftIn('{"event\\u0054ype":"a\\u002eb","payload":{}}').eventType).toBe("a.b");
  });
});

describe("environment", () => {
  const inBody = '{"eventType":"a","environment":"sandbox","payload":{}}';
  test.each([
    ["nothing", native, {}, "production"],
    ["query", native, { query: { environment: "sandbox" } }, "sandbox"],
    ["header", native, { headers: { "X-Environment": "sandbox" } }, "sandbox"],
    [
      "both alike",
      envelope,
      { query: { environment: "sandbox" }, headers: { "X-Environment": "sandbox" } },
      "sandbox",
    ],
    ["body", inBody, {}, "sandbox"],
    ["body over query", inBody, { query: { environment: "production" } }, "sandbox"],
    ["a payload's own is not looked at", '{"environment":"x"}', { query: { eventType: "a" } }, "production"],
    [
      "an envelope's own is not looked at",
      '{"environment":"x","detail-type":"a","detail":{}}',
      {},
      "production",
    ],
  ] as const)("%s", (_, body, sent, environment) => {
    expect(draftIn(body, sent).environment).toBe(environment);
  });

  test("the query's is the default of each element", () => {
    const drafts = draftsIn(`[${native},{"eventType":"a","environment":"production","payload":{}}]`, {
      query: { environment: "sandbox" },
    });
    expect(drafts.map(({ environment }) => environment)).toEqual(["sandbox", "production"]);
  });
});

describe("dedupe keys", () => {
  const key = (text: string) => ({ scope: "door", key: text });
  const header = { headers: { "Idempotency-Key": "k" } };
  test.each([
    ["a native id", '{"eventType":"a","id":"k","payload":{}}', {}, key("k")],
    [
      "a native id of 256 characters",
      `{"eventType":"a","id":"${"k".repeat(256)}","payload":{}}`,
      {},
      key("k".repeat(256)),
    ],
    ["the header", native, header, key("k")],
    ["id and header alike", '{"eventType":"a","id":"k","payload":{}}', header, key("k")],
    [
      "the header of a bare payload, whose id is its own",
      '{"id":"x"}',
      { ...header, query: { eventType: "a" } },
      key("k"),
    ],
    ["the header over source and id", envelope, header, key("k")],
    ["an id without a source", '{"id":"1","detail-type":"a","detail":{}}', {}, null],
    ["a source without an id", '{"source":"s","detail-type":"a","detail":{}}', {}, null],
    ["an empty id", '{"source":"s","id":"","detail-type":"a","detail":{}}', {}, null],
    ["an id that is no string", '{"source":"s","id":7,"detail-type":"a","detail":{}}', {}, null],
  ] as const)("%s", (_, body, sent, dedupe) => {
    expect(draftIn(body, sent).dedupe).toEqual(dedupe as never);
  });

  test("source and id cannot be shifted into each other", () => {
    const keyOf = (source: string, id: string) =>
      draftIn(JSON.stringify({ source, id, "detail-type": "a", detail: {} })).dedupe?.key;
    expect(keyOf('a","b', "c")).not.toBe(keyOf("a", 'b","c'));
  });
});
