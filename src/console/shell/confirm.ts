/** A question that must be answered before something is done. */
export interface Question {
  title: string;
  text: string;
  /** What is to be read again before it is done. */
  facts?: readonly (readonly [name: string, value: string])[];
  /** What the button says that does it. */
  action: string;
  isDangerous?: boolean;
}

interface Asked extends Question {
  answer(isYes: boolean): void;
}

let asked: Asked | null = null;
const listeners = new Set<() => void>();

function set(next: Asked | null): void {
  asked = next;
  for (const tell of listeners) tell();
}

/** Asks the person; resolves with whether it is to be done. */
export function confirm(question: Question): Promise<boolean> {
  asked?.answer(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const answer = (isYes: boolean) => {
    set(null);
    resolve(isYes);
  };
  set({ ...question, answer });
  return promise;
}

/** For `useSyncExternalStore`. */
export const questionStore = {
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  read: () => asked,
};
