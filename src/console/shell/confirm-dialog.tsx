import { useSyncExternalStore } from "react";
import { Dialog } from "../parts/dialog.tsx";
import { questionStore } from "./confirm.ts";

/** Shows the question that waits for an answer, if there is one. */
export function ConfirmDialog() {
  const asked = useSyncExternalStore(questionStore.subscribe, questionStore.read);
  if (asked === null) return null;
  const { title, text, action, isDangerous, answer } = asked;
  return (
    <Dialog title={title} onClose={() => answer(false)}>
      <p>{text}</p>
      <footer>
        <button type="button" onClick={() => answer(false)}>
          Cancel
        </button>
        <button type="button" className={isDangerous ? "danger" : "primary"} onClick={() => answer(true)}>
          {action}
        </button>
      </footer>
    </Dialog>
  );
}
