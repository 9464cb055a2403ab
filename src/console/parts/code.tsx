import { CopyButton } from "./copy.tsx";

/** A text to be read, and mostly copied, as it is. */
export function Code(props: { text: string; label: string; isWrapped?: boolean; isCopied?: boolean }) {
  const { text, label, isWrapped = false, isCopied = true } = props;
  return (
    <div className="code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={isWrapped ? "code-text wrap" : "code-text"} tabIndex={0} aria-label={label}>
        <pre>{text}</pre>
      </section>
      {isCopied && (
        <div className="actions">
          <CopyButton text={text} />
        </div>
      )}
    </div>
  );
}
