import { type ComponentType, lazy } from "react";

/** A part of the console that did not come from the hub; the browser does not ask for it again before a reload. */
export class NotLoaded extends Error {
  constructor() {
    super("This part of the console did not come. The hub may have been updated, or it does not answer.");
    this.name = "NotLoaded";
  }
}

/** A part that is loaded once it is first shown; until it has come the nearest Suspense stands. @throws NotLoaded */
export const later = <Props extends object>(read: () => Promise<ComponentType<Props>>) =>
  lazy(async () => {
    try {
      return { default: await read() };
    } catch {
      throw new NotLoaded();
    }
  });
