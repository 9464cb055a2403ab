import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  EVENT_TYPE_MAX_LENGTH,
  isEventType,
  matches,
  parsePattern,
  patternsMatching,
  toEventType,
} from "../../src/catalog/event-types.ts";

const longest = "a".repeat(EVENT_TYPE_MAX_LENGTH);
const fewParts = fc.array(fc.constantFrom("ae", "asset", "Sold_1", "v2-x"), { minLength: 1, maxLength: 5 });
const eventTypes = fewParts.map((parts) => parts.join("."));
const patterns = fc.oneof(
  eventTypes,
  eventTypes.map((namespace) => `${namespace}.*`),
  fc.constant("*"),
);

describe("an event type", () => {
  test.each(["ae.asset.deal.sold.ams", "sold", "Vehicle_Sold", "a.1.-._", "__proto__", longest])(
    "may be %p",
    (text) => {
      expect(isEventType(text)).toBe(true);
    },
  );

  test.each(["", ".", "a.", ".a", "a..b", "a b", "a.*", "*", "a/b", "é", "a\n", "a.b\n", `${longest}a`])(
    "may not be %p",
    (text) => {
      expect(isEventType(text)).toBe(false);
    },
  );
});

describe("a pattern", () => {
  test("is a name, a namespace or everything", () => {
    expect(parsePattern("ae.cart.processed")).toEqual({ kind: "name", eventType: "ae.cart.processed" });
    expect(parsePattern("ae.asset.*")).toEqual({ kind: "namespace", namespace: "ae.asset" });
    expect(parsePattern("manheim.*")).toEqual({ kind: "namespace", namespace: "manheim" });
    expect(parsePattern("*")).toEqual({ kind: "all" });
  });

  test.each([
    "",
    ".*",
    "**",
    "*.*",
    "*.sold",
    "ae.*.sold",
    "ae*",
    "ae.as*",
    "ae.*.*",
    "ae..*",
    "a b.*",
    "ae.*\n",
  ])("is not %p", (text) => {
    expect(parsePattern(text)).toBeUndefined();
  });

  test("has at most 200 characters", () => {
    expect(parsePattern(`${longest.slice(2)}.*`)).toBeDefined();
    expect(parsePattern(`${longest.slice(1)}.*`)).toBeUndefined();
  });

  test.each([
    ["ae.asset.sold", "ae.asset.sold", true],
    ["ae.asset.sold", "ae.asset.sold.ams", false],
    ["ae.asset.sold", "ae.asset.Sold", false],
    ["ae.asset.*", "ae.asset.sold", true],
    ["ae.asset.*", "ae.asset.deal.sold.ams", true],
    ["ae.asset.*", "ae.asset", false],
    ["ae.asset.*", "ae.assets.sold", false],
    ["ae.asset.*", "ae.asset-x", false],
    ["*", "sold", true],
    ["ae.*.sold", "ae.asset.sold", false],
    ["", "ae", false],
  ])("%p wants %p: %p", (pattern, eventType, wanted) => {
    expect(matches(pattern, eventType)).toBe(wanted);
  });
});

describe("the patterns that match an event type", () => {
  test("are its name, its namespaces from the closest outward, and *", () => {
    expect(patternsMatching("ae.asset.deal.sold")).toEqual([
      "ae.asset.deal.sold",
      "ae.asset.deal.*",
      "ae.asset.*",
      "ae.*",
      "*",
    ]);
    expect(patternsMatching("sold")).toEqual(["sold", "*"]);
  });

  test("are just those that want it", () => {
    fc.assert(
      fc.property(patterns, eventTypes, (pattern, eventType) => {
        expect(patternsMatching(eventType).includes(pattern)).toBe(matches(pattern, eventType));
      }),
    );
  });

  test("are each a pattern, want the type, and come once", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 250 }).map(toEventType), (eventType) => {
        const all = patternsMatching(eventType);
        expect(all.every((pattern) => parsePattern(pattern) !== undefined)).toBe(true);
        expect(all.every((pattern) => matches(pattern, eventType))).toBe(true);
        expect(new Set(all).size).toBe(all.length);
      }),
    );
  });
});

describe("a foreign name", () => {
  test.each([
    ["Vehicle Sold", "Vehicle_Sold"],
    ["SOLD:unit/1", "SOLD_unit_1"],
    ["offers.*", "offers._"],
    ["Ver\u{e4}u\u{df}ert \u{1f697}", "Ver_u_ert__"],
    ["a..b.", "a._.b._"],
    [".", "_._"],
    ["", "_"],
    ["__proto__", "__proto__"],
    [`${longest.slice(1)}.b`, `${longest.slice(1)}_`],
  ])("%p becomes %p", (foreign, eventType) => {
    expect(toEventType(foreign)).toBe(eventType);
  });

  test("always becomes a well-formed type, and a well-formed one stays as it is", () => {
    const names = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.string({ unit: fc.constantFrom(".", "a", " "), maxLength: 500 }),
    );
    fc.assert(
      fc.property(names, (foreign) => {
        const eventType = toEventType(foreign);
        expect(isEventType(eventType)).toBe(true);
        if (isEventType(foreign)) expect(eventType).toBe(foreign);
      }),
    );
  });
});
