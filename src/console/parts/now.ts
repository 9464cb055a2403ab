import { useSyncExternalStore } from "react";

/** How often what is told relative to now is told anew, ms. */
const TICK_MS = 5_000;

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) now = Date.now(); // it stood while nobody looked
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  now = Date.now();
  for (const tell of listeners) tell();
}

/** The present instant, in ms, some seconds behind at most. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);
