import { useState } from "react";
import { CopyButton } from "./copy.tsx";
import { JsonTree } from "./json-tree.tsx";
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
      <div className="code payload">
        {isTree ? (
          <JsonTree value={parsed} />
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          <pre className="wrap" tabIndex={0} aria-label="Payload as it is">
            {text}
          </pre>
        )}
      </div>
    </section>
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
