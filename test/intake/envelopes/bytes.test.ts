import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { draftIn, draftsIn } from "./publish-request.ts";

/** This payload as each form carries it through. */
function throughEachForm(payload: string): (string | undefined)[] {
  const envelope = `{"id":"1","detail-type":"a","source":"s","detail":${payload},"region":"us-west-2"}`;
  const native = `{"eventType":"a","payload":${payload}}`;
  return [
    draftIn(payload, { query: { eventType: "a" } }).payload,
    draftIn(native).payload,
    draftIn(` { "payload" :\n\t${payload}\r\n , "eventType" : "a" } `).payload,
    draftIn(envelope).payload,
    draftIn(`{"Data":${envelope},"SystemMetadata":{}}`).payload,
    draftIn(JSON.stringify({ Data: envelope, SystemMetadata: {} })).payload,
    ...draftsIn(`[${native},${envelope}, ${payload} ]`, { query: { eventType: "a" } }).map(
      (draft) => draft.payload,
    ),
  ];
}

function expectVerbatim(payload: string): void {
  for (const came of throughEachForm(payload)) expect(came).toBe(payload);
}

describe("a payload comes through as it is", () => {
  test.each([
    ["a number beyond 2^53", '{"id":12345678901234567890}'],
    ["a number with a zero behind its point", '{"n":1.0,"m":1.50,"e":1E+2,"z":-0}'],
    ["a number no double holds", `{"n":1e400,"m":0.${"1".repeat(60)}}`],
    ["key order", '{"b":1,"a":2,"10":3,"9":4}'],
    ["a key twice", '{"a":1,"a":2,"in":{"x":1,"x":2}}'],
    ["an emoji", '{"e":"🚗 prêt","🚗":1}'],
    ["an escaped emoji", '{"e":"\\ud83d\\ude97"}'],
    ["half a surrogate pair, escaped", '{"e":"\\ud83d","f":"\\uDE97"}'],
    ["an escaped NUL", '{"e":"\\u0000"}'],
    ["escapes that need not be", '{"e":"\\/\\u0041\\"\\\\"}'],
    ["white space", '{ "a" :\n[ 1 ,\t2 ] ,\r\n"b" : { } }'],
    ["line separators", '{"e":"\u2028\u2029\u007f\ufeff"}'],
    ["prototype names", '{"__proto__":{"x":1},"constructor":1,"toString":null,"hasOwnProperty":{}}'],
    ["keys that our forms use", '{"detail":{"auction-id":"a"},"Data":1,"payload":[]}'],
    ["nothing", "{}"],
    ["a space", "{ }"],
  ])("%s", (_, payload) => {
    expectVerbatim(payload);
  });

  test("any object", () => {
    const object = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ stringUnit: "grapheme" }));
    const text = fc
      .tuple(object, fc.constantFrom(undefined, 1, "\t", "  "))
      .map(([o, space]) => JSON.stringify(o, null, space));
    fc.assert(
      fc.property(text, (payload) => expectVerbatim(payload)),
      { numRuns: 300 },
    );
  });
});

test("prototype names on top of an envelope do no harm", () => {
  const draft = draftIn('{"__proto__":{"eventType":"x"},"constructor":{},"eventType":"a","payload":{}}');
  expect(draft).toEqual({
    eventType: "a",
    environment: "production",
    payload: "{}",
    auctionIds: [],
    dedupe: null,
  });
});

test("bytes that are a part of a larger buffer are read alone", () => {
  const whole = new TextEncoder().encode('xx{"eventType":"a","payload":{"é":1}}yy');
  expect(draftIn(whole.subarray(2, whole.length - 2)).payload).toBe('{"é":1}');
});
