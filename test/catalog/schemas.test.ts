import { describe, expect, test } from "bun:test";
import { Ajv2020 } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { openCatalog } from "../../src/catalog/catalog.ts";

const catalog = openCatalog();
const everything = [...catalog.entries(), ...catalog.sourceEntries()];
const names = everything.map(({ eventType }) => eventType);
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
addFormats.default(ajv, ["date-time"]);

describe("a schema", () => {
  test("refers to nothing but its own $defs, and has no $defs to spare", () => {
    for (const { schema } of everything) {
      const refs = [...JSON.stringify(schema).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref);
      const own = Object.keys(schema.$defs ?? {}).map((name) => `#/$defs/${name}`);
      expect([...new Set(refs)].sort()).toEqual(own.sort());
    }
  });

  test("describes an object, and each of its properties in words", () => {
    for (const { schema } of everything) {
      expect(schema).toMatchObject({
        $schema: "https://json-schema.org/draft/2020-12/schema",
        type: "object",
      });
      for (const [name, property] of Object.entries(schema.properties ?? {})) {
        expect([name, property.description]).toEqual([name, expect.stringMatching(/^[A-Z].+\.$/)]);
      }
    }
  });

  test.each(names)("%s: the example is valid, and is not without any one required property", (name) => {
    const { schema, example } = catalog.find(name) ?? expect.unreachable();
    const validate = ajv.compile(schema);
    validate(example);
    expect(validate.errors).toBeNull();
    for (const required of Object.keys(schema.properties ?? {}).filter(isRequiredIn(schema))) {
      const { [required]: left, ...rest } = example;
      expect(left).not.toBeUndefined();
      expect([required, validate(rest)]).toEqual([required, false]);
    }
  });

  test("takes ids as numbers and as strings, and more properties than it names", () => {
    const { schema, example } = catalog.find("ae.asset.not-sold") ?? expect.unreachable();
    const validate = ajv.compile(schema);
    const asset = { id: "482913", stock: "D26-10482", vin: "1FTEW1EP6MFA52817" };
    expect(validate({ ...example, asset, "sale-listing-id": "41877", "lane-color": "red" })).toBe(true);
    expect(validate({ ...example, "sale-listing-id": true })).toBe(false);
    expect(validate({ ...example, "updated-at": "yesterday" })).toBe(false);
  });

  test("requires nothing where the sources name nothing required", () => {
    const free = catalog.entries().filter(({ schema }) => JSON.stringify(schema.required) === "[]");
    expect(free.map(({ eventType }) => eventType)).toEqual([
      "ae.asset.deal.payment.apply-source",
      "ae.asset.gatepass.buyer.releasable",
      "ae.asset.gatepass.send-email",
      "ae.asset.media.upserted.sms",
      "ae.dealshield.notify.temp",
    ]);
  });
});

describe("an example", () => {
  test("names its vehicles by VINs of 17 characters with the right check digit", () => {
    for (const { example } of catalog.entries()) {
      for (const [, vin = ""] of JSON.stringify(example).matchAll(/"(?:asset-)?vin":"([^"]*)"/g)) {
        expect(vin).toMatch(/^[A-HJ-NPR-Z0-9]{17}$/);
        expect(vin.charAt(8)).toBe(checkDigit(vin));
      }
    }
  });

  test("shows no property at its top that the schema does not know", () => {
    for (const { schema, example } of everything) {
      const unknown = Object.keys(example).filter((name) => !Object.hasOwn(schema.properties ?? {}, name));
      expect(unknown).toEqual([]);
    }
  });
});

function isRequiredIn({ required }: Record<string, unknown>) {
  return (name: string) => Array.isArray(required) && required.includes(name);
}

/** The ninth character of a VIN, computed from the others (49 CFR 565.15). */
function checkDigit(vin: string): string {
  const letters = "ABCDEFGHJKLMNPRSTUVWXYZ";
  const values = "12345678123457923456789";
  const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
  const sum = weights.reduce((total, weight, i) => {
    const at = letters.indexOf(vin.charAt(i));
    return total + weight * Number(at < 0 ? vin.charAt(i) : values.charAt(at));
  }, 0);
  return sum % 11 === 10 ? "X" : String(sum % 11);
}
