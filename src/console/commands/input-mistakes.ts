import { CallError } from "../api/client.ts";
import type { InputField } from "./input-fields.ts";
import { InputMistake } from "./input-values.ts";

/** What is wrong with what was given: at the fields, and what has no field. */
export interface Mistakes {
  placed: ReadonlyMap<string, string>;
  others: readonly string[];
}

/** Sorts the mistakes of an input to the fields that they name; one inside of a field counts as the field's. */
export function mistakesIn(fields: readonly InputField[], error: Error | null): Mistakes {
  const placed = new Map<string, string>();
  const others: string[] = [];
  for (const { path, message } of told(error)) {
    const at = placesIn(fields).findLast((place) => path === place || path.startsWith(`${place}.`));
    if (at === undefined) others.push(`${path} ${message}`);
    else placed.set(at, message);
  }
  return { placed, others };
}

function told(error: Error | null): readonly { path: string; message: string }[] {
  if (error instanceof InputMistake) return [{ path: error.at, message: error.message }];
  return error instanceof CallError ? error.errors : [];
}

/** From the outside in. */
function placesIn(fields: readonly InputField[]): string[] {
  return fields.flatMap((field) => {
    const inner = field.type === "group" ? field.fields : field.type === "either" ? field.forms.flat() : [];
    return [field.at, ...placesIn(inner)];
  });
}
