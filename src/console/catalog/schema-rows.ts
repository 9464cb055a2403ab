/** A JSON Schema, as the catalog has them. */
export interface Schema {
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  $ref?: string;
  $defs?: Record<string, Schema>;
}

/** One line of the readable table. */
export interface SchemaRow {
  name: string;
  /** From the top, with dots; `[]` for what stands in a list. */
  path: string;
  type: string;
  isRequired: boolean;
  description: string;
  level: number;
}

/** Deeper than any of the catalog's; a shape that holds itself ends here. */
const MAX_LEVEL = 6;

/** Every field of a schema in the order it stands there, fields within fields below them. */
export function schemaRows(root: Schema): SchemaRow[] {
  const rows: SchemaRow[] = [];
  const visit = (schema: Schema, path: string, level: number) => {
    for (const [name, given] of Object.entries(schema.properties ?? {})) {
      const field = resolved(given, root);
      const own = path === "" ? name : `${path}.${name}`;
      rows.push({
        name,
        path: own,
        type: typeOf(field, root),
        isRequired: schema.required?.includes(name) ?? false,
        description: given.description ?? field.description ?? "",
        level,
      });
      if (level < MAX_LEVEL) inside(field, own, level + 1);
    }
  };
  const inside = (field: Schema, path: string, level: number) => {
    visit(field, path, level);
    if (field.items !== undefined) visit(resolved(field.items, root), `${path}[]`, level);
    for (const option of field.anyOf ?? []) visit(resolved(option, root), path, level);
  };
  visit(resolved(root, root), "", 0);
  return rows;
}

function resolved(schema: Schema, root: Schema): Schema {
  const name = schema.$ref?.replace("#/$defs/", "");
  const shape = name === undefined ? undefined : root.$defs?.[name];
  return shape === undefined ? schema : { ...resolved(shape, root), ...schema };
}

function typeOf(schema: Schema, root: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  const types = [schema.type ?? []].flat();
  if (types.length === 0 && schema.anyOf !== undefined)
    return [...new Set(schema.anyOf.map((option) => typeOf(resolved(option, root), root)))].join(" or ");
  const items = schema.items === undefined ? "" : ` of ${typeOf(resolved(schema.items, root), root)}`;
  const named = types.map((type) => (type === "array" ? `array${items}` : type));
  return `${named.join(" or ") || "any"}${schema.format === undefined ? "" : ` (${schema.format})`}`;
}
