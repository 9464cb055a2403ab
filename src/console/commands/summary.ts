import type { InputField } from "./input-fields.ts";
import { chosenForm, type InputValues } from "./input-values.ts";

/** More of a text than this is not read again, characters. */
const SHOWN = 80;

/** What was filled in, to be read again before it is sent: each field's label and its value; files by their name alone. */
export function filledIn(fields: readonly InputField[], values: InputValues): [string, string][] {
  return fields.flatMap((field): [string, string][] => {
    if (field.type === "group") return filledIn(field.fields, values);
    if (field.type === "either") return filledIn(field.forms[chosenForm(values, field.at)] ?? [], values);
    const text = values[field.at]?.trim() ?? "";
    const isReadable = field.type !== "file" && field.type !== "data-url";
    return text === "" || !isReadable ? [] : [[field.label, cut(text)]];
  });
}

const cut = (text: string) => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
