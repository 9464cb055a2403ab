import { focusManager } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import type { Session } from "./session-queries.ts";

let held: Session | null = null;
const listeners = new Set<() => void>();

/**
 * Whose work the page holds. It stays when a session ends by itself, so that what was typed is there after signing in
 * again; null once the person has signed out.
 */
export const useHeldSession = (): Session | null => useSyncExternalStore(subscribe, heldSession);

/** The same, for those who are not drawn. */
export const heldSession = (): Session | null => held;

/** The page's work is this customer's from now on; null: the person has left. */
export function holdSession(session: Session | null): void {
  held = session;
  focusManager.setFocused(undefined);
  for (const tell of listeners) tell();
}

/** A session has ended by itself: nothing is asked of the hub again and again until someone has signed in. */
export const pauseReading = (): void => focusManager.setFocused(false);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
