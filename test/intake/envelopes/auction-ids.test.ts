import { describe, expect, test } from "bun:test";
import { draftIn } from "./publish-request.ts";

const cart = (...items: string[]) => `{"cart-items":[${items.join(",")}]}`;

/** In every form the payload is searched alike. */
const inForms = (payload: string) => [
  draftIn(payload, { query: { eventType: "a" } }).auctionIds,
  draftIn(`{"eventType":"a","payload":${payload}}`).auctionIds,
  draftIn(`{"detail-type":"a","detail":${payload}}`).auctionIds,
  draftIn(JSON.stringify({ Data: `{"detail-type":"a","detail":${payload}}`, SystemMetadata: {} })).auctionIds,
];

describe("in the payload", () => {
  test.each([
    ["none", "{}", []],
    ["at the top", '{"auction-id":"daanw"}', ["daanw"]],
    ["a number, as its digits stand", '{"auction-id":12345678901234567890}', ["12345678901234567890"]],
    ["a number with a point", '{"auction-id":1.0}', ["1.0"]],
    ["escapes in key and value", '{"auction\\u002did":"d\\u0061anw"}', ["daanw"]],
    ["the last of two, like JSON.parse", '{"auction-id":"a","auction-id":"b"}', ["b"]],
    ["the last of two, though it is none", '{"auction-id":"a","auction-id":null}', []],
    ["not deeper", '{"asset":{"auction-id":"x"}}', []],
    [
      "in a cart, each once",
      cart('{"auction-id":"b"}', '{"auction-id":7}', '{"auction-id":"b"}'),
      ["b", "7"],
    ],
    [
      "a cart's items that name none",
      cart("1", "{}", "null", '{"auction-id":{}}', '[{"auction-id":"x"}]'),
      [],
    ],
    ["a cart that is no array", '{"cart-items":{"auction-id":"x"}}', []],
    ["an empty cart", '{"cart-items":[ ]}', []],
    ["the top before the cart", '{"cart-items":[{"auction-id":"b"}],"auction-id":"a"}', ["a"]],
    ["the cart where the top names none", '{"auction-id":"","cart-items":[{"auction-id":"b"}]}', ["b"]],
  ])("%s", (_, payload, ids) => {
    for (const found of inForms(payload)) expect(found).toEqual(ids);
  });

  test.each(["null", '""', "true", "{}", '["a"]'])("%s counts as not given", (value) => {
    for (const found of inForms(`{"auction-id":${value}}`)) expect(found).toEqual([]);
  });
});

describe("at the top of the envelope", () => {
  const around = (payload: string) => [
    draftIn(`{"auction-id":"out","detail-type":"a","detail":${payload}}`).auctionIds,
    draftIn(`{"auction-id":"out","eventType":"a","payload":${payload}}`).auctionIds,
    draftIn(`{"Data":{"auction-id":"out","detail-type":"a","detail":${payload}},"SystemMetadata":{}}`)
      .auctionIds,
  ];
  test.each([
    ["where the payload names none", "{}", ["out"]],
    ["after the payload's top", '{"auction-id":"in"}', ["in"]],
    ["after the cart", cart('{"auction-id":"in"}'), ["in"]],
  ])("%s", (_, payload, ids) => {
    for (const found of around(payload)) expect(found).toEqual(ids);
  });
});
