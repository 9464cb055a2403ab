import type { InputField } from "./input-fields.ts";
import { chosenForm, type InputValues } from "./input-values.ts";

/** More of a text than this is not read again, characters. */
const SHOWN = 80;

/** What was filled in, in one sentence: `Listing id cf17, sale price 5000.` */
export function summaryOf(fields: readonly InputField[], values: InputValues): string {
  const parts = filledIn(fields, values);
  return parts.length === 0 ? "" : `${parts.join("; ")}.`;
}

function filledIn(fields: readonly InputField[], values: InputValues): string[] {
  return fields.flatMap((field) => {
    if (field.type === "group") return filledIn(field.fields, values);
    if (field.type === "either") return filledIn(field.forms[chosenForm(values, field.at)] ?? [], values);
    const text = values[field.at]?.trim() ?? "";
    const isReadable = field.type !== "file" && field.type !== "data-url";
    return text === "" || !isReadable ? [] : [`${field.label}: ${cut(text)}`];
  });
}

const cut = (text: string) => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
