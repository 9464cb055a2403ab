import { CopyButton } from "./copy.tsx";

/** A text to be read and copied as it is. */
export function Code({ text, isWrapped = false, label }: { text: string; isWrapped?: boolean; label?: string }) {
  return (
    <div className="code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className={isWrapped ? "wrap" : ""} tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <div className="actions">
        <CopyButton text={text} />
      </div>
    </div>
  );
}
