/** A JSON Schema, as the API describes what it takes. */
export interface InputSchema {
  type?: string;
  format?: string;
  description?: string;
  contentEncoding?: string;
  default?: unknown;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  required?: string[];
  properties?: Record<string, InputSchema>;
  additionalProperties?: unknown;
  items?: InputSchema;
  anyOf?: InputSchema[];
}

/** Something that is given beside the body. */
export interface InputParameter {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  description?: string;
  schema: InputSchema;
  example?: unknown;
}

/** An operation, as far as a form needs to know it. */
export interface Operation {
  summary: string;
  description?: string;
  parameters?: InputParameter[];
  requestBody?: { content: { "application/json": { schema: InputSchema; example?: unknown } } };
}
