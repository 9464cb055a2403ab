import { useState } from "react";
import { count } from "./numbers.ts";

/** Entries of one level shown before a person asks for more. */
const FIRST = 100;

/** Levels that are open from the start. */
const OPEN_LEVELS = 2;

/** JSON as a tree that opens level by level. */
export function JsonTree({ value }: { value: unknown }) {
  return (
    <div className="json">
      {isBranch(value) ? <Entries value={value} level={0} /> : <Leaf value={value} />}
    </div>
  );
}

/** A number as it is written. */
export class ExactNumber {
  constructor(readonly text: string) {}
}

type Branch = Record<string, unknown> | unknown[];

const isBranch = (value: unknown): value is Branch =>
  typeof value === "object" && value !== null && !(value instanceof ExactNumber);

function Entries({ value, level }: { value: Branch; level: number }) {
  const [limit, setLimit] = useState(FIRST);
  const entries = Object.entries(value);
  const more = entries.length - limit;
  return (
    <ul>
      {entries.slice(0, limit).map(([key, child]) => (
        <li key={key}>
          <Node name={key} value={child} level={level} />
        </li>
      ))}
      {more > 0 && (
        <li>
          <button type="button" className="link" onClick={() => setLimit(limit + FIRST * 10)}>
            {count(more)} more
          </button>
        </li>
      )}
    </ul>
  );
}

function Node({ name, value, level }: { name: string; value: unknown; level: number }) {
  const [isOpen, setIsOpen] = useState(level < OPEN_LEVELS);
  if (!isBranch(value) || Object.keys(value).length === 0)
    return (
      <span className="json-leaf">
        <span className="json-key">{name}</span>: <Leaf value={value} />
      </span>
    );
  const size = Object.keys(value).length;
  return (
    <details open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <span className="json-key">{name}</span>{" "}
        <span className="muted">{Array.isArray(value) ? `[${size}]` : `{${size}}`}</span>
      </summary>
      {isOpen && <Entries value={value} level={level + 1} />}
    </details>
  );
}

function Leaf({ value }: { value: unknown }) {
  if (value instanceof ExactNumber) return <span className="json-number">{value.text}</span>;
  const kind = value === null ? "null" : typeof value;
  return <span className={`json-${kind}`}>{JSON.stringify(value)}</span>;
}
