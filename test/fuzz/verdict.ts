import { Ajv2020, type ValidateFunction } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import type { JsonSchema, Operation } from "./document.ts";

/** What is wrong with an answer; null: nothing. */
export type Verdict = (
  operation: Operation,
  answer: { status: number; type: string; text: string },
) => string | null;

/** What no answer may hold: our stacks, our SQL, our keys. */
const LEAKS = /\bat \S+ \(.*:\d+:\d+\)|SQLITE_|\bSELECT .* FROM\b|\$bunfs/;

/** Judges answers by the hub's own document. */
export function judgeBy(
  components: { schemas: Record<string, JsonSchema> },
  secrets: readonly string[],
): Verdict {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats.default(ajv);
  const validators = new Map<JsonSchema, ValidateFunction>();
  const validatorOf = (schema: JsonSchema) => {
    const known = validators.get(schema) ?? ajv.compile({ ...schema, components });
    validators.set(schema, known);
    return known;
  };

  return ({ responses }, { status, type, text }) => {
    const isUpstreams = status === 502 && responses["502"] !== undefined; // the hub is well, another system is not
    if (status >= 500 && !isUpstreams) return `status ${status}`;
    if (LEAKS.test(text)) return "it tells of the hub's insides";
    const leaked = secrets.find((secret) => text.includes(secret) && status >= 400);
    if (leaked) return "it repeats a credential";
    const documented = responses[String(status)];
    if (documented === undefined) return `status ${status} is not documented`;
    const [mediaType, media] = Object.entries(documented.content ?? {})[0] ?? [];
    if (mediaType === undefined || media === undefined)
      return text === "" ? null : "it has a body, documented is none";
    if (!type.startsWith(mediaType)) return `it is ${type}, documented is ${mediaType}`;
    if (!/json/.test(mediaType)) return null;
    return mistakeIn(text, status, media);
  };

  function mistakeIn(
    text: string,
    status: number,
    media: { schema?: JsonSchema; examples?: Record<string, unknown> },
  ) {
    const value = JSON.parse(text) as { code?: string };
    const validate = validatorOf(media.schema ?? {});
    if (!validate(value)) return `${validate.errors?.[0]?.instancePath} ${validate.errors?.[0]?.message}`;
    if (status < 400 || media.examples === undefined) return null;
    return value.code !== undefined && value.code in media.examples
      ? null
      : `the code ${value.code} is not documented`;
  }
}
