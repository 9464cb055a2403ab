import { type ReactNode, useEffect, useId, useRef } from "react";

/** A dialog over the page; the browser keeps the focus in it, Escape closes it, and the focus goes back then. */
export function Dialog(props: { title: string; onClose: () => void; isWide?: boolean; children: ReactNode }) {
  const { title, onClose, isWide = false, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element === null || element.open) return;
    const opener = document.activeElement;
    element.showModal();
    const first = element.querySelector<HTMLElement>("form input, form select, form textarea");
    (first ?? element).focus(); // the browser would choose the button that closes it
    return () => {
      if (opener instanceof HTMLElement) opener.focus(); // the browser does so only where a dialog is not taken away
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      tabIndex={-1}
      className={isWide ? "wide" : ""}
      aria-labelledby={titleId}
      onClose={onClose}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header>
        <h2 id={titleId}>{title}</h2>
        <button type="button" className="ghost icon" aria-label="Close" onClick={onClose}>
          ×
        </button>
      </header>
      {children}
    </dialog>
  );
}
