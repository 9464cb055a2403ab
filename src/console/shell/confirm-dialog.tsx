import { useSyncExternalStore } from "react";
import { Dialog } from "../parts/dialog.tsx";
import { questionStore } from "./confirm.ts";

/** Shows the question that waits for an answer, if there is one. */
export function ConfirmDialog() {
  const asked = useSyncExternalStore(questionStore.subscribe, questionStore.read);
  if (asked === null) return null;
  const { title, text, facts = [], action, isDangerous, answer } = asked;
  return (
    <Dialog title={title} onClose={() => answer(false)}>
      <div className="stack tight">
        {facts.length > 0 && (
          <dl className="facts">
            {facts.map(([name, value]) => (
              <div key={name} className="facts-row">
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
        <p>{text}</p>
      </div>
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
