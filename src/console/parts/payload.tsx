import { useState } from "react";
import { Code } from "./code.tsx";
import { CopyButton } from "./copy.tsx";
import { ExactNumber, JsonTree } from "./json-tree.tsx";
import { bytesOf } from "./numbers.ts";
import { Switch } from "./switch.tsx";

/** A payload as a tree, or as it is byte for byte. */
export function Payload({ text }: { text: string }) {
  const parsed = parse(text);
  const [form, setForm] = useState<"tree" | "raw">("tree");
  const isTree = form === "tree" && parsed !== undefined;
  return (
    <section className="stack tight" aria-label="Payload">
      <header className="line">
        <h3>
          Payload <span className="muted">{bytesOf(text)}</span>
        </h3>
        <div className="actions">
          <Switch
            label="Form"
            options={[
              ["tree", "Tree"],
              ["raw", "Raw"],
            ]}
            value={form}
            onChange={setForm}
          />
          <CopyButton text={text} />
        </div>
      </header>
      {isTree ? (
        <div className="code payload">
          <JsonTree value={parsed} />
        </div>
      ) : (
        <Code text={text} label="Payload as it is" isWrapped isCopied={false} />
      )}
    </section>
  );
}

/** Numbers that JavaScript cannot hold stay as they are written. */
const exactly = (_: string, value: unknown, context?: { source?: string }) =>
  typeof value === "number" && context?.source !== undefined && String(value) !== context.source
    ? new ExactNumber(context.source)
    : value;

function parse(text: string): unknown {
  try {
    return JSON.parse(text, exactly);
  } catch {
    return undefined;
  }
}
