import { expect, test } from "bun:test";
import fc from "fast-check";
import { isSensitive, maskSensitive } from "../../../src/connectors/roadster/masking.ts";

test("keys of what is nobody's business are known in any spelling, and those beside them left alone", () => {
  const sensitive =
    `ssn SSN co_applicant_ssn ssn_last4 socialSecurityNumber birth_date birthDate date_of_birth dob
    birthday license_number licenseNumber drivers_license driver_license_number gov_id govId government_id
    passport_number national_id tax_id account_number routing_number`.split(/\s+/);
  const harmless = `gov_id_type license_state license_fee id customer_id license document_type zip email
    lesson session vin dealer_id partner_id stock_number application_number number`.split(/\s+/);
  expect(sensitive.filter((key) => !isSensitive(key))).toEqual([]);
  expect(harmless.filter(isSensitive)).toEqual([]);
});

test("strings and numbers are masked however deep, and not a byte beside them is touched", () => {
  const json = `{ "n":12345678901234567890 , "e":1.50E+2,"ssn" :\t"123\\"45", "a":[{"gov_id": 7e3}, -0],
    "license_number":["A1",{"x":2,"y":null,"z":true}],"\\u0073sn":"esc","u":"\\u00e9é","ssn":"twice","t":[]}`;
  expect(
    maskSensitive(json),
  ).toBe(`{ "n":12345678901234567890 , "e":1.50E+2,"ssn" :\t"***", "a":[{"gov_id": "***"}, -0],
    "license_number":["***",{"x":"***","y":null,"z":true}],"\\u0073sn":"***","u":"\\u00e9é","ssn":"***","t":[]}`);
});

test("any JSON stays JSON, loses every sensitive value, and keeps all else", () => {
  const key = fc.oneof(fc.constantFrom("ssn", "birth_date", "gov_id", "name", "a"), fc.string());
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(null, true, false),
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(key, tie("tree"), { maxKeys: 5 }),
    ),
  }));
  fc.assert(
    fc.property(tree, fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
      const json = JSON.stringify(value, null, indent);
      const expected = JSON.stringify(masked(JSON.parse(json), false), null, indent);
      expect(maskSensitive(json)).toBe(expected);
    }),
    { numRuns: 500 },
  );
});

test("a megabyte of one string costs no stack and little time", () => {
  const json = JSON.stringify({ a: '\\"'.repeat(300_000), ssn: "9".repeat(300_000), deep: "[".repeat(1000) });
  expect(JSON.parse(maskSensitive(json))).toEqual({ ...JSON.parse(json), ssn: "***" });
});

/** The plain way, over values rather than bytes. */
function masked(value: unknown, isInside: boolean): unknown {
  if (Array.isArray(value)) return value.map((each) => masked(each, isInside));
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, each]) => [
      key,
      masked(each, isInside || isSensitive(key)),
    ]);
    return Object.fromEntries(entries);
  }
  return isInside && (typeof value === "string" || typeof value === "number") ? "***" : value;
}
