import { useEffect, useRef } from "react";
import { pauseReading } from "./held-session.ts";
import { leave } from "./session.ts";
import type { Session } from "./session-queries.ts";
import { EntryForm } from "./sign-in.tsx";

/** Covers the page when a session has ended by itself; what was typed below it stays. */
export function SignInAgain({ session: { customer } }: { session: Session }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    pauseReading();
    const element = dialog.current;
    if (element === null || element.open) return;
    element.showModal();
    element.querySelector<HTMLElement>('input[type="password"]')?.focus();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="veil"
      aria-labelledby="sign-in-again"
      closedby="none"
      onCancel={(event) => event.preventDefault()}
      onClose={leave}
    >
      <h2 id="sign-in-again">Sign in again</h2>
      <p className="muted">Your session has ended. What you have typed is kept until you are back.</p>
      <EntryForm isNew={false} email={customer.email} />
      <p className="entry-switch">
        You are not {customer.name}?{" "}
        <button type="button" className="link" onClick={leave}>
          Leave
        </button>
      </p>
    </dialog>
  );
}
