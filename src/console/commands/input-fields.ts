import type { InputSchema, Operation } from "./input-schema.ts";

/** One thing that a form asks for, or several that belong together. */
export type InputField = Around &
  (
    | { type: "text" | "email" | "url" | "yes-no" | "json" | "file" | "data-url" }
    | { type: "number"; isWhole: boolean; min?: number | undefined; max?: number | undefined }
    | { type: "list"; isWhole: boolean }
    | { type: "choice"; options: readonly string[] }
    | { type: "group"; fields: readonly InputField[] }
    /** One of several forms. */
    | { type: "either"; forms: readonly (readonly InputField[])[] }
  );

interface Around {
  /** As the API names it in its mistakes: `path.listingId`, `query.dpid`, `customer.email`. */
  at: string;
  label: string;
  isRequired: boolean;
  help?: string | undefined;
  example?: string | undefined;
}

/** What may stand in an object beside what is described of it. */
export const OTHERS = "*";

/** What a form must ask for, of what the API says of an operation: what its path names first, then its body. */
export function inputFields({ parameters = [], requestBody }: Operation): InputField[] {
  const beside = parameters
    .filter((parameter) => parameter.in === "query" || (parameter.in === "path" && parameter.name !== "name"))
    .map(({ name, in: place, required = false, description, schema, example }) =>
      fieldFor({ ...schema, ...(description && { description }) }, name, {
        at: `${place}.${name}`,
        isRequired: required,
        example,
      }),
    );
  const body = requestBody?.content["application/json"];
  return [...beside, ...(body === undefined ? [] : fieldsIn(body.schema, "", body.example))];
}

function fieldsIn(schema: InputSchema, above: string, example: unknown): InputField[] {
  const named = Object.entries(schema.properties ?? {}).map(([name, inner]) =>
    fieldFor(inner, name, {
      at: above + name,
      isRequired: schema.required?.includes(name) ?? false,
      example: (example as Record<string, unknown> | undefined)?.[name],
    }),
  );
  if (named.length === 0 || typeof schema.additionalProperties !== "object") return named;
  return [...named, others(above)];
}

interface Place {
  at: string;
  isRequired: boolean;
  example: unknown;
}

function fieldFor(given: InputSchema, name: string, { at, isRequired, example }: Place): InputField {
  const schema = withoutNull(given);
  const around = {
    at,
    label: labelOf(name),
    isRequired: isRequired && schema.default === undefined,
    help: schema.description?.replaceAll("`", ""),
    example: exampleOf(example),
  };
  if (schema.anyOf !== undefined) return fieldForOneOf(schema.anyOf, around, example);
  if (schema.enum !== undefined) return { ...around, type: "choice", options: schema.enum };
  switch (schema.type) {
    case "object":
      return hasFields(schema)
        ? { ...around, type: "group", fields: fieldsIn(schema, `${at}.`, example) }
        : { ...around, type: "json" };
    case "array":
      return isPlain(schema.items)
        ? { ...around, type: "list", isWhole: schema.items?.type === "integer" }
        : { ...around, type: "json" };
    case "integer":
    case "number":
      return { ...around, type: "number", isWhole: schema.type === "integer", ...rangeOf(schema) };
    case "boolean":
      return { ...around, type: "yes-no" };
    default:
      return { ...around, type: textType(schema, around.example) };
  }
}

function fieldForOneOf(forms: InputSchema[], around: Around, example: unknown): InputField {
  if (!forms.every(hasFields)) return { ...around, type: "text" };
  return { ...around, type: "either", forms: forms.map((form) => fieldsIn(form, `${around.at}.`, example)) };
}

const others = (above: string): InputField => ({
  at: above + OTHERS,
  label: "Other fields",
  type: "json",
  isRequired: false,
  help: "A JSON object; its fields go beside those above.",
});

/** Of a file in base64 the example shows whether its header goes along. */
function textType({ format, contentEncoding }: InputSchema, example = "") {
  if (contentEncoding === "base64") return example.startsWith("data:") ? "data-url" : "file";
  return format === "email" ? "email" : format === "uri" ? "url" : "text";
}

/** What may be null may be left out. */
function withoutNull({ anyOf, ...schema }: InputSchema): InputSchema {
  const forms = anyOf?.filter(({ type }) => type !== "null");
  if (forms === undefined) return schema;
  const [only, other] = forms;
  return only !== undefined && other === undefined ? { ...schema, ...only } : { ...schema, anyOf: forms };
}

const hasFields = ({ properties = {} }: InputSchema) => Object.keys(properties).length > 0;
const isPlain = (items: InputSchema | undefined) => items?.type === "integer" || items?.type === "string";
const rangeOf = ({ minimum: min, maximum: max }: InputSchema) => ({ min, max });

function exampleOf(example: unknown): string | undefined {
  if (example === undefined || example === null || typeof example === "boolean") return undefined;
  return typeof example === "object" ? JSON.stringify(example) : String(example);
}

/** Words that are not written as others are. */
const SPELLED: Record<string, string> = { vin: "VIN", url: "URL", email: "e-mail", dpid: "dealer's dpid" };

/** `salePrice` is `Sale price`, `doc_ids` is `Doc ids`. */
export function labelOf(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, "$1_$2").split("_");
  const text = words.map((word) => SPELLED[word.toLowerCase()] ?? word.toLowerCase()).join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
