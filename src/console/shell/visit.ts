/** Who was last here in this browser, as far as the page knows before the hub has answered. */
export type Visit = "customer" | "guest";

const KEY = "lanehook-visit";

/** Who was last here; a guess, which decides what is drawn and asked for first, and nothing else. */
export const lastVisit = (): Visit => (localStorage.getItem(KEY) === "customer" ? "customer" : "guest");

/** Keeps who is here for the next visit. */
export const keepVisit = (visit: Visit): void => localStorage.setItem(KEY, visit);

/** Lets the page show the frame that its content will most likely fill. */
export function chooseFrame(): void {
  document.documentElement.dataset.visit = lastVisit();
}
