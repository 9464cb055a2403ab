import { type ComponentType, lazy } from "react";

/** A part of the console that did not come from the hub. */
export class NotLoaded extends Error {
  constructor() {
    super("This part of the console did not come. The hub may have been updated, or it does not answer.");
    this.name = "NotLoaded";
  }
}

/** A part that is loaded once it is first shown, or earlier by `load`. While it comes the nearest Suspense stands. @throws NotLoaded where it is shown */
export function later<Props extends object>(read: () => Promise<ComponentType<Props>>) {
  const load = async () => {
    try {
      return { default: await read() };
    } catch {
      throw new NotLoaded();
    }
  };
  return { Part: lazy(load), load };
}
