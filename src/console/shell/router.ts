import { useMemo, useSyncExternalStore } from "react";

/** The views, by the word that stands in the address. */
export const views = [
  "overview",
  "subscriptions",
  "deliveries",
  "dead-letters",
  "explain",
  "catalog",
  "connectors",
  "settings",
] as const;
export type View = (typeof views)[number];

/** Where the person is: `#/<view>/<item>?<filters>`. */
export interface Place {
  view: View;
  /** What of the view, such as an event type or a connector's name; null: the view itself. */
  item: string | null;
  filters: Record<string, string>;
}

/** What is to be changed of a place's filters; empty or null takes one away. */
export type FilterChange = Record<string, string | null | undefined>;

/** The address of a place, for links. */
export function addressOf(view: View, item: string | null = null, filters: FilterChange = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) if (value) query.set(name, value);
  const path = item === null ? `#/${view}` : `#/${view}/${encodeURIComponent(item)}`;
  return query.size === 0 ? path : `${path}?${query}`;
}

/** Goes to a place; `replace` leaves no step to go back to. */
export function goTo(address: string, { replace = false } = {}): void {
  if (address === location.hash) return;
  history[replace ? "replaceState" : "pushState"](null, "", address);
  dispatchEvent(new Event(MOVED));
}

const MOVED = "lanehook-moved";

/** Where the person is now; changes with the address bar. */
export function usePlace(): Place {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return useMemo(() => placeAt(hash), [hash]);
}

/** The filters of a view, and how to change some of them in the address bar. */
export function useFilters(): [Record<string, string>, (change: FilterChange) => void] {
  const { view, item, filters } = usePlace();
  const change = (change: FilterChange) =>
    goTo(addressOf(view, item, { ...filters, ...change }), { replace: true });
  return [filters, change];
}

function subscribe(listener: () => void): () => void {
  for (const event of ["hashchange", "popstate", MOVED]) addEventListener(event, listener);
  return () => {
    for (const event of ["hashchange", "popstate", MOVED]) removeEventListener(event, listener);
  };
}

function placeAt(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [word, item] = path.split("/", 2);
  return {
    view: views.find((view) => view === word) ?? "overview",
    item: item ? readable(item) : null,
    filters: Object.fromEntries(new URLSearchParams(query)),
  };
}

function readable(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
