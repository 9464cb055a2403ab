import type { ButtonHTMLAttributes } from "react";

/** A button that shows when it is at work, and does nothing twice. */
export function Button(props: ButtonHTMLAttributes<HTMLButtonElement> & { isBusy?: boolean }) {
  const { isBusy = false, type = "button", disabled = false, children, ...rest } = props;
  return (
    <button {...rest} type={type} disabled={disabled || isBusy} aria-busy={isBusy}>
      {isBusy && <span className="spinner" aria-hidden="true" />}
      {children}
    </button>
  );
}
