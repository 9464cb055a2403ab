/** A short word on what happened; goes by itself. */
export interface Toast {
  id: number;
  kind: "success" | "failure" | "info";
  text: string;
}

/** How long a toast stays, ms; a failure takes longer to read. */
const STAY_MS = { success: 4_000, info: 6_000, failure: 9_000 };

/** Toasts at once; more would hide the page. */
const MAX_TOASTS = 4;

let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const tell of listeners) tell();
}

function show(kind: Toast["kind"], text: string): void {
  const id = ++lastId;
  set([...toasts.filter((each) => each.text !== text), { id, kind, text }].slice(-MAX_TOASTS));
  setTimeout(() => dismissToast(id), STAY_MS[kind]);
}

/** Tells the person something. */
export const toast = {
  success: (text: string) => show("success", text),
  failure: (text: string) => show("failure", text),
  info: (text: string) => show("info", text),
};

/** Takes a toast away. */
export const dismissToast = (id: number): void => set(toasts.filter((each) => each.id !== id));

/** For `useSyncExternalStore`. */
export const toastStore = {
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  read: () => toasts,
};
