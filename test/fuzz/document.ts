/** The parts of the hub's own OpenAPI document that the fuzzing reads. */
export interface Operation {
  method: string;
  path: string;
  security: Record<string, unknown>[];
  parameters: { name: string; in: "path" | "query" | "header"; schema: JsonSchema; example?: unknown }[];
  body: { schema: JsonSchema; examples: unknown[] } | null;
  responses: Record<
    string,
    { content?: Record<string, { schema?: JsonSchema; examples?: Record<string, unknown> }> }
  >;
}

/** As much of JSON Schema as is looked into. */
export type JsonSchema = Record<string, unknown>;

type Media = { schema?: JsonSchema; example?: unknown; examples?: Record<string, { value: unknown }> };

interface Document {
  paths: Record<string, Record<string, Record<string, unknown>>>;
  components: { schemas: Record<string, JsonSchema> };
}

/** Asks the hub what it can do. */
export async function readDocument(
  origin: string,
): Promise<{ operations: Operation[]; schemas: Document["components"] }> {
  const document = (await (await fetch(`${origin}/openapi.json`)).json()) as Document;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, told]) => operationFrom(method.toUpperCase(), path, told)),
  );
  return { operations, schemas: document.components };
}

function operationFrom(method: string, path: string, told: Record<string, unknown>): Operation {
  const content = (told.requestBody as { content?: Record<string, Media> } | undefined)?.content;
  const media = content && Object.values(content)[0];
  const examples = media?.examples
    ? Object.values(media.examples).map(({ value }) => value)
    : [media?.example];
  return {
    method,
    path,
    security: (told.security ?? []) as Operation["security"],
    parameters: (told.parameters ?? []) as Operation["parameters"],
    body: media
      ? { schema: media.schema ?? {}, examples: examples.filter((each) => each !== undefined) }
      : null,
    responses: told.responses as Operation["responses"],
  };
}
