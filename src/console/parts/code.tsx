import { CopyButton } from "./copy.tsx";
import { Scroll } from "./scroll.tsx";

/** A text to be read, and mostly copied, as it is. */
export function Code(props: { text: string; label: string; isWrapped?: boolean; isCopied?: boolean }) {
  const { text, label, isWrapped = false, isCopied = true } = props;
  return (
    <div className="code">
      <Scroll className={isWrapped ? "code-text wrap" : "code-text"} label={label}>
        <pre>{text}</pre>
      </Scroll>
      {isCopied && (
        <div className="actions">
          <CopyButton text={text} />
        </div>
      )}
    </div>
  );
}
