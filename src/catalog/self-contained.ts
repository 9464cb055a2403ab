/** A JSON Schema, or any part of one. */
export type Schema = Record<string, unknown>;

const SHARED_REF = /^(?:(?:\.\.\/)?common\.json)?#\/\$defs\/([^/]+)(?:\/properties\/([^/]+))?$/;

/**
 * The schema with everything it takes from the shared shapes inside itself: a reference to a shape stays one, to its
 * own `$defs`; a reference to one property of a shape is replaced by that property.
 */
export function selfContained(schema: Schema, shared: Schema): Schema {
  const defs = new Map<string, unknown>();

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve);
    return isSchema(value) ? resolveSchema(value) : value;
  }

  function resolveSchema({ $ref, ...rest }: Schema): Schema {
    const own = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, resolve(value)]));
    return typeof $ref === "string" ? { ...target($ref), ...own } : own;
  }

  function target(ref: string): Schema {
    const [, name = "", property] = SHARED_REF.exec(ref) ?? [];
    const shape = partOf(shared, name, ref);
    if (property !== undefined) return resolveSchema(partOf(partOf(shape, "properties", ref), property, ref));
    if (!defs.has(name)) {
      defs.set(name, undefined); // known before it is resolved, so that a shape may contain itself
      defs.set(name, resolveSchema(shape));
    }
    return { $ref: `#/$defs/${name}` };
  }

  const resolved = resolveSchema(schema);
  return defs.size === 0 ? resolved : { ...resolved, $defs: Object.fromEntries([...defs].sort(byName)) };
}

function partOf(schema: Schema, key: string, ref: string): Schema {
  const part = Object.hasOwn(schema, key) ? schema[key] : undefined;
  if (!isSchema(part)) throw new Error(`the catalog refers to ${ref}, which is not there`);
  return part;
}

function isSchema(node: unknown): node is Schema {
  return typeof node === "object" && node !== null && !Array.isArray(node);
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
