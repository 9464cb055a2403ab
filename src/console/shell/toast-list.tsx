import { useSyncExternalStore } from "react";
import { dismissToast, toastStore } from "./toasts.ts";

/** The toasts, read out by screen readers as they come. */
export function ToastList() {
  const toasts = useSyncExternalStore(toastStore.subscribe, toastStore.read);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map(({ id, kind, text }) => (
        <div key={id} className={`toast ${kind}`}>
          <span>{text}</span>
          <button type="button" className="ghost icon" aria-label="Dismiss" onClick={() => dismissToast(id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
