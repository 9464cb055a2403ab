import { expect, test } from "bun:test";
import { selfContained } from "../../src/catalog/self-contained.ts";

const shared = {
  vehicle: {
    type: "object",
    properties: { vin: { type: "string", description: "VIN." }, owner: { $ref: "#/$defs/person" } },
  },
  person: { type: "object", properties: { name: { type: "string" }, friend: { $ref: "#/$defs/person" } } },
  unused: { type: "null" },
};

test("a shape is taken in with the shapes it needs, each once, and nothing else", () => {
  const vehicle = { $ref: "../common.json#/$defs/vehicle" };
  expect(selfContained({ properties: { a: vehicle, b: [vehicle] } }, shared)).toEqual({
    properties: { a: { $ref: "#/$defs/vehicle" }, b: [{ $ref: "#/$defs/vehicle" }] },
    $defs: { person: shared.person, vehicle: shared.vehicle },
  });
});

test("a property of a shape stands where it was referred to, in the words of the place", () => {
  const vin = { $ref: "../common.json#/$defs/vehicle/properties/vin", description: "VIN of the car." };
  expect(selfContained({ properties: { vin } }, shared)).toEqual({
    properties: { vin: { type: "string", description: "VIN of the car." } },
  });
});

test.each([
  "../common.json#/$defs/boat",
  "../common.json#/$defs/vehicle/properties/sail",
  "#/$defs/constructor",
  "boat",
])("a reference to nothing is a mistake in the catalog: %s", ($ref) => {
  expect(() => selfContained({ $ref }, shared)).toThrow($ref);
});
