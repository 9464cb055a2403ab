import { type Kind, type KindField, kindOf } from "./kinds.ts";

/** What stands in the form's fields, by name. */
export type Values = Record<string, string>;

type Settings = Record<string, unknown>;

/** Whether a field's value is never shown. */
export const isSecret = ({ type }: KindField): boolean => type === "secret" || type === "secrets";

/** What a setting is called in the form of its kind; its own name where the form does not ask for it. */
export function labelOf(kind: string, name: string): string {
  const field = kindOf(kind).fields.find((each) => each.name === name || each.name.startsWith(`${name}.`));
  return field?.label ?? name;
}

/** Fills a form from settings as the API shows them; secrets are never shown. */
export function valuesOf(kind: Kind, settings: Settings): Values {
  return Object.fromEntries(
    kind.fields.map((field) => [field.name, isSecret(field) ? "" : textOf(field, at(settings, field.name))]),
  );
}

/**
 * Makes settings of what stands in a form. An empty field is left out, so that the kind's default counts and a secret
 * stays as it is. @throws SyntaxError where JSON is asked for and is none.
 */
export function settingsOf(kind: Kind, values: Values): Settings {
  const settings: Settings = {};
  for (const field of kind.fields) {
    const text = values[field.name]?.trim() ?? "";
    if (text === "") continue;
    if (field.type === "json") Object.assign(settings, JSON.parse(text));
    else put(settings, field.name, givenOf(field, text));
  }
  return settings;
}

function givenOf({ type }: KindField, text: string): unknown {
  switch (type) {
    case "number":
      return Number(text);
    case "switch":
      return text === "true";
    case "list":
    case "secrets":
      return text
        .split(/[\n,]+/)
        .map((line) => line.trim())
        .filter(Boolean);
    default:
      return text;
  }
}

function textOf({ type }: KindField, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (type === "json") return JSON.stringify(value, null, 2);
  if (Array.isArray(value)) return value.join("\n");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function at(settings: Settings, name: string): unknown {
  if (name === "") return settings;
  return name
    .split(".")
    .reduce<unknown>((inside, part) => (inside as Settings | undefined)?.[part], settings);
}

function put(settings: Settings, name: string, value: unknown): void {
  const [first = "", ...rest] = name.split(".");
  if (rest.length === 0) {
    settings[first] = value;
    return;
  }
  const inner = (settings[first] ?? {}) as Settings;
  settings[first] = inner;
  put(inner, rest.join("."), value);
}
