import { expect, test } from "bun:test";
import { allKinds } from "../../src/connectors/registry.ts";
import { KINDS } from "../../src/console/connectors/kinds.ts";
import { isSecret, settingsOf, valuesOf } from "../../src/console/connectors/settings-form.ts";

test("the console has a form for every kind of the hub, and for no other", () => {
  expect(KINDS.map(({ kind }) => kind).toSorted()).toEqual([...allKinds.keys()].toSorted());
});

test.each([...allKinds.values()])(
  "the form of $kind asks for its settings, and hides its secrets",
  (given) => {
    const form = KINDS.find(({ kind }) => kind === given.kind);
    if (form === undefined) throw new Error("there is no form");
    const known = Object.keys((given.settings as unknown as { shape: object }).shape);
    const asked = [...new Set(form.fields.map(({ name }) => name.split(".")[0] ?? ""))];
    expect(asked.filter((name) => !known.includes(name))).toEqual([]);
    const hidden = form.fields.filter(isSecret).map(({ name }) => name.split(".")[0] ?? "");
    expect([...new Set(hidden)].toSorted()).toEqual([...given.secrets].toSorted());
  },
);

test("a form gives back the settings that it was filled from, without the secrets that stay", () => {
  const manheim = KINDS.find(({ kind }) => kind === "manheim");
  if (manheim === undefined) throw new Error("there is no form");
  const shown = { key: "my-key", username: "me", pageSize: 50, initialScan: "silent" };
  const values = valuesOf(manheim, shown);
  expect(settingsOf(manheim, values)).toEqual(shown);
  const header = { "callbackHeader.name": "X-Key", "callbackHeader.value": "opensesame", secret: "s" };
  expect(settingsOf(manheim, { ...values, ...header })).toEqual({
    ...shown,
    secret: "s",
    callbackHeader: { name: "X-Key", value: "opensesame" },
  });
});
