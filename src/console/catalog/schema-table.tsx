import { Scroll } from "../parts/scroll.tsx";
import { Empty } from "../parts/states.tsx";
import { type Schema, schemaRows } from "./schema-rows.ts";

/** A schema as a table: each field, what it may be, and what it means. */
export function SchemaTable({ schema }: { schema: unknown }) {
  const rows = schemaRows(schema as Schema);
  if (rows.length === 0) return <Empty title="Nothing is known of its fields" />;
  return (
    <Scroll label="Schema">
      <table className="schema">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Type</th>
            <th scope="col">Meaning</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, path, type, isRequired, description, level }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two shapes of one field may have the same path
            <tr key={`${path} ${at}`}>
              <td className={`mono level-${level}`} title={path}>
                {name}
                {isRequired && <span className="required"> required</span>}
              </td>
              <td className="mono muted">{type}</td>
              <td>{description}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
