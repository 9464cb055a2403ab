import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { JsonFault, MAX_JSON_DEPTH } from "../../../src/intake/envelopes/json-scan.ts";
import {
  isArrayText,
  type JsonSlice,
  jsonBytes,
  readJson,
  readJsonArray,
  repeatedKey,
  type Shape,
  shapeOf,
  stringOf,
  textOf,
} from "../../../src/intake/envelopes/json-slices.ts";

const nothing = shapeOf({}, "drops keys");

function read(text: string, shape: Shape = nothing): JsonSlice {
  return readJson(jsonBytes(Buffer.from(text)), shape);
}

function isJson(text: string): boolean {
  try {
    read(text);
    return true;
  } catch (error) {
    if (error instanceof JsonFault) return false;
    throw error;
  }
}

function isJsonToTheEngine(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("strings of every length", () => {
  const plain = "plain text, no more, and then some: ";

  test("end at their quote, wherever an escape, a letter of several bytes or the end stands in them", () => {
    for (let length = 0; length < plain.length; length++) {
      for (const special of ["", '\\"', "\\\\", "\\u00e9", "é", "車", "\u{1f697}", "\u007f", " "]) {
        const text = JSON.stringify([plain.slice(0, length)]).replace('"]', `${special}${plain}"]`);
        const value = readJson(jsonBytes(Buffer.from(` ${text}`)), nothing);
        expect(textOf(value)).toBe(text);
      }
    }
  });

  test("are refused at a control character, a bad escape or without an end, at that very byte", () => {
    for (let length = 0; length < plain.length; length++) {
      for (const wrong of ["\u0000", "\n", "\t", "\u001f", "\\x", "\\u00g0"]) {
        const text = `"${plain.slice(0, length)}${wrong}${plain}"`;
        expect(() => read(text)).toThrow(`malformed at byte ${1 + length}`);
      }
      const endless = `"${plain.slice(0, length)}`;
      expect(() => read(endless)).toThrow(`malformed at byte ${endless.length}`);
    }
  });
});

describe("what is JSON", () => {
  test.each([
    "{}",
    "[]",
    " \t\r\n[ ] ",
    "0",
    "-0",
    "-0.0e-0",
    "10",
    "1e5",
    "1E+05",
    "true",
    "false",
    "null",
    '""',
    '"\\u00e9"',
    '"\\b\\f\\n\\r\\t\\/\\\\\\""',
    '{"a":{"b":[{},[],{"c":[]}]},"":0}',
    "[[],{},[[]]]",
    '"\u007f\u0080é🚗"',
  ])("%j", (text) => {
    expect(isJsonToTheEngine(text)).toBe(true);
    expect(isJson(text)).toBe(true);
  });

  test.each([
    "",
    " ",
    "{",
    "}",
    "[",
    "]",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[}",
    "{]",
    "{,}",
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    "{a:1}",
    "{'a':1}",
    '{"a":1 "b":2}',
    '{"a"::1}',
    "[1]]",
    "{}{}",
    "{} x",
    "01",
    "-",
    "-01",
    "+1",
    "1.",
    ".5",
    "1e",
    "1e+",
    "0x1",
    "1_0",
    "NaN",
    "Infinity",
    "-Infinity",
    "tru",
    "truE",
    "nul",
    "nulll",
    "undefined",
    '"',
    '"a',
    '"\\"',
    '"\\x"',
    '"\\u12"',
    '"\\u12g4"',
    '"\\',
    '"\n"',
    '"\u0000"',
    "\u0000",
    "{}\u0000",
    "\ufeff{}",
    "\u00a0{}",
    "\u2028[]",
    "\f[]",
    "[1,\v2]",
    "//x\n{}",
    "{}/**/",
    '{"a":1,,"b":2}',
    "{1:2}",
    "[:]",
    '"\\u 123"',
    "١",
  ])("and not %j", (text) => {
    expect(isJsonToTheEngine(text)).toBe(false);
    expect(isJson(text)).toBe(false);
  });

  test("any value, however it is spaced", () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: "binary" }), fc.constantFrom(0, 1, "\t", "\n"), (json, space) => {
        const text = JSON.stringify(JSON.parse(json), null, space);
        expect(textOf(read(` ${text}\n`))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test("texts with something cut, put in or swapped are judged as the engine judges them", () => {
    const snippet = fc.constantFrom(
      ...'{}[]:,"\\ \t\n\r\u0000\u001f-+.eE0159utfnb/aé'.split(""),
      '""',
      "\\u00",
      "null",
      "1e",
    );
    const change = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(2),
      put: fc.option(snippet),
    });
    const changed = fc.tuple(fc.json({ maxDepth: 3 }), fc.array(change, { minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(changed, ([json, changes]) => {
        const text = changes.reduce((before, { at, cut, put }) => {
          const start = Math.floor(at * before.length);
          return before.slice(0, start) + (put ?? "") + before.slice(start + cut);
        }, json);
        expect(isJson(text)).toBe(isJsonToTheEngine(text));
      }),
      { numRuns: 3000 },
    );
  });

  test("strings of JSON's own characters are judged as the engine judges them", () => {
    const unit = fc.constantFrom(...'{}[]:,"\\ 10-+.eEtruefalsn'.split(""));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 8 }), (text) =>
        expect(isJson(text)).toBe(isJsonToTheEngine(text)),
      ),
      { numRuns: 3000 },
    );
  });

  test.each([[[0xff]], [[0x22, 0xc3, 0x22]], [[0x22, 0xed, 0xa0, 0x80, 0x22]], [[0x22, 0xc0, 0x80, 0x22]]])(
    "not the bytes %p, which are no UTF-8",
    (bytes) => {
      expect(() => jsonBytes(Uint8Array.from(bytes))).toThrow(JsonFault);
    },
  );
});

describe("depth", () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  const deepShape = shapeOf({ a: shapeOf({ a: null }, "drops keys") }, "drops keys");

  test("as deep as allowed, and no deeper", () => {
    expect(isJson(nested(MAX_JSON_DEPTH))).toBe(true);
    expect(isJson(nested(MAX_JSON_DEPTH + 1))).toBe(false);
  });

  test("counts from the top where a shape is followed", () => {
    const text = (levels: number) => `{"a":{"a":${nested(levels)}}}`;
    expect(read(text(MAX_JSON_DEPTH - 2), deepShape).kind).toBe("object");
    expect(() => read(text(MAX_JSON_DEPTH - 1), deepShape)).toThrow("too_deep");
    const elements = (levels: number) => () =>
      readJsonArray(jsonBytes(Buffer.from(`[${nested(levels)}]`)), nothing, () => {});
    expect(elements(MAX_JSON_DEPTH - 1)).not.toThrow();
    expect(elements(MAX_JSON_DEPTH)).toThrow("too_deep");
  });

  test.each(["[", '{"a":', '[{"a":'])("100,000 times %p is refused, not parsed", (open) => {
    expect(() => read(open.repeat(100_000))).toThrow("too_deep");
  });
});

describe("slices", () => {
  const shape = shapeOf({ a: null, b: shapeOf({ c: null }, "drops keys") }, "keeps keys");

  test("members the shape names stand where they stand, the last of each", () => {
    const object = read(' {"x":[1], "a" : 1.0 ,"b":{"c":"d","e":{}},"a":[ 2 ] }', shape);
    const found = [...(object.members ?? [])].map(([name, value]) => [name, value.kind, textOf(value)]);
    expect(found).toEqual([
      ["a", "array", "[ 2 ]"],
      ["b", "object", '{"c":"d","e":{}}'],
    ]);
    const inner = object.members?.get("b")?.members?.get("c");
    expect(inner && stringOf(inner)).toBe("d");
  });

  test.each([
    ['{"a":1,"b":2}', undefined],
    ['{"a":1,"b":2,"a":3}', "a"],
    ['{"x":1,"\\u0078":2}', "x"],
    ['{"__proto__":1,"__proto__":2}', "__proto__"],
    ['{"in":{"a":1,"a":2}}', undefined],
  ])("a key that stands twice in %s: %p", (text, key) => {
    expect(repeatedKey(read(text, shape))).toBe(key as string);
  });

  test("elements come one by one", () => {
    const seen: string[] = [];
    const text = ' [ 1 , "a,]" ,{"a":[1,2]},[ ] ] ';
    readJsonArray(jsonBytes(Buffer.from(text)), shape, (element, index) =>
      seen.push(`${index} ${textOf(element)}`),
    );
    expect(seen).toEqual(["0 1", '1 "a,]"', '2 {"a":[1,2]}', "3 [ ]"]);
  });

  test.each(["[1,]", "[1", "[1]x", "[,]", "[1 2]"])("the array %j is none", (text) => {
    expect(isArrayText(Buffer.from(text))).toBe(true);
    expect(() => readJsonArray(jsonBytes(Buffer.from(text)), nothing, () => {})).toThrow(JsonFault);
  });
});
