import { useState } from "react";
import { toast } from "../shell/toasts.ts";

/** How long a button says that it has copied, ms. */
const SAID_MS = 1_500;

/** Copies a text, which may be made only when it is asked for. */
export function CopyButton(props: { text: string | (() => string); label?: string; className?: string }) {
  const { text, label = "Copy", className = "small" } = props;
  const [hasCopied, setHasCopied] = useState(false);
  const copy = async () => {
    await copyText(typeof text === "string" ? text : text());
    setHasCopied(true);
    setTimeout(() => setHasCopied(false), SAID_MS);
  };
  return (
    <button
      type="button"
      className={className}
      onClick={() => copy().catch(() => toast.failure("The browser did not let the text be copied."))}
    >
      {hasCopied ? "Copied" : label}
    </button>
  );
}

/** Browsers give their clipboard to https and this machine only; elsewhere a selection is copied. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  if (!isDone) throw new Error("not copied");
}
