import { describe, expect, test } from "bun:test";
import type { UpstreamAnswer } from "../../src/connectors/connector.ts";
import {
  canonicalJson,
  isJsonObject,
  looksLikeJsonObject,
  parseExactJson,
  readJsonObject,
} from "../../src/connectors/exact-json.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

const answer = (text: string, type = "application/json"): UpstreamAnswer => ({
  status: 200,
  headers: new Headers({ "content-type": type }),
  body: bytes(text),
  date: null,
});

test.each([
  '{"id":12345678901234567890,"price":1.50,"zero":-0,"big":1e400,"small":0.1,"n":7}',
  '[1.0,[2,{"a":3.00}],null,true,"4.0","\\u00e9"]',
])("what is read is written as it came: %s", (text) => {
  expect(JSON.stringify(parseExactJson(text))).toBe(text.replace("\\u00e9", "é"));
});

test("the order of keys makes no difference, that of a list does", () => {
  const [one, other] = ['{"a":1.0,"b":{"c":[1,2],"d":null}}', '{"b":{"d":null,"c":[1,2]},"a":1.0}'];
  expect(canonicalJson(parseExactJson(one))).toBe(canonicalJson(parseExactJson(other)));
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
  expect(canonicalJson(parseExactJson("1.0"))).not.toBe(canonicalJson(1));
});

test("a number that is kept as it came is no object", () => {
  expect(isJsonObject(parseExactJson("12345678901234567890"))).toBe(false);
  expect(isJsonObject(parseExactJson("{}"))).toBe(true);
});

describe("an answer", () => {
  test.each([
    ["{}", true],
    ['\n {"a":1} \r\n', true],
    ['{"items":[{"a":1}', true], // only a parser could tell
    ["<html>", false],
    ["[]", false],
    ["", false],
    [" ", false],
  ])("%p looks like a JSON object: %p", (text, looks) => {
    expect(looksLikeJsonObject(bytes(text))).toBe(looks);
  });

  test.each([
    ["<html>", "text/html", "web page"],
    ["  <!doctype html>", "application/json", "web page"],
    ['{"a":', "application/json", "cut off"],
    ["[]", "application/json", "no object"],
    ["", "application/json", "cut off"],
  ])("%p of type %p is malformed, in words of our own", (text, type, words) => {
    const read = () => readJsonObject(answer(text, type));
    expect(read).toThrow(expect.objectContaining({ fault: "malformed", status: 200 }));
    expect(read).toThrow(words);
  });
});
