import { type InputField, OTHERS } from "./input-fields.ts";

/** What stands in a form's fields, by their places. */
export type InputValues = Readonly<Record<string, string>>;

/** What goes out. */
export interface Request {
  path: Record<string, string>;
  query: Record<string, string>;
  /** undefined: the operation takes none. */
  body: Record<string, unknown> | undefined;
}

/** A field holds what cannot be sent. */
export class InputMistake extends Error {
  override name = "InputMistake";

  constructor(
    readonly at: string,
    message: string,
  ) {
    super(message);
  }
}

/** Where the choice between several forms stands. */
export const formAt = (at: string): string => `${at}|form`;

/** Which of several forms is chosen. */
export const chosenForm = (values: InputValues, at: string): number => Number(values[formAt(at)] ?? 0);

/**
 * Makes a request of what stands in a form. What is empty is left out, and an object of which all is left out, too,
 * unless it is required. @throws InputMistake
 */
export function requestOf(
  fields: readonly InputField[],
  values: InputValues,
  { hasBody }: { hasBody: boolean },
): Request {
  const beside = (place: string) =>
    Object.fromEntries(
      fields
        .filter(({ at }) => at.startsWith(`${place}.`))
        .map(({ at }) => [at.slice(place.length + 1), values[at]?.trim() ?? ""])
        .filter(([, text]) => text !== ""),
    ) as Record<string, string>;
  const inBody = fields.filter(({ at }) => !/^(?:path|query)\./.test(at));
  return {
    path: beside("path"),
    query: beside("query"),
    body: hasBody ? objectOf(inBody, values) : undefined,
  };
}

function objectOf(fields: readonly InputField[], values: InputValues): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const field of fields) {
    const value = givenIn(field, values);
    const name = field.at.slice(field.at.lastIndexOf(".") + 1);
    if (name === OTHERS) Object.assign(object, value);
    else if (value !== undefined) object[name] = value;
  }
  return object;
}

/** undefined: nothing was given. */
function givenIn(field: InputField, values: InputValues): unknown {
  if (field.type === "group") return unlessEmpty(objectOf(field.fields, values), field.isRequired);
  if (field.type === "either") {
    const form = field.forms[chosenForm(values, field.at)] ?? [];
    return unlessEmpty(objectOf(form, values), field.isRequired);
  }
  const text = values[field.at]?.trim() ?? "";
  if (text === "") return undefined;
  switch (field.type) {
    case "number":
      return Number(text);
    case "yes-no":
      return text === "yes";
    case "list":
      return listOf(text, field.isWhole);
    case "json":
      return jsonOf(text, field.at);
    case "file":
      return text.slice(text.indexOf(",") + 1); // without the header of a data URL
    default:
      return text;
  }
}

const unlessEmpty = (object: Record<string, unknown>, isRequired: boolean) =>
  isRequired || Object.keys(object).length > 0 ? object : undefined;

function listOf(text: string, isWhole: boolean): (string | number)[] {
  const items = text.split(/[\s,;]+/).filter(Boolean);
  return isWhole ? items.map((item) => (/^\d+$/.test(item) ? Number(item) : item)) : items; // the API says which is none
}

function jsonOf(text: string, at: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputMistake(at, "This is not JSON.");
  }
}
