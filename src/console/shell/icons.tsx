import type { ReactNode } from "react";
import type { View } from "./router.ts";

const icon = (path: string) => (
  <svg viewBox="0 0 18 18" aria-hidden="true">
    <path d={path} />
  </svg>
);

/** A sign for each view, drawn in lines. */
export const ICONS: Record<View, ReactNode> = {
  overview: icon("M2 15.5h14M4.5 12V9M9 12V3M13.5 12V6.5"),
  subscriptions: icon("M2.5 9h5m0 0 2-4.5h6m-8 4.5 2 4.5h6M13.5 2.5l2 2-2 2m0 5 2 2-2 2"),
  deliveries: icon("M2 4h14M2 9h14M2 14h9M13 14l1.3 1.3L17 12.5"),
  "dead-letters": icon("M9 2.5 16.5 15.5h-15zM9 7.5v3.5m0 2.2v.1"),
  explain: icon("M9 16a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM7 7.2a2 2 0 1 1 2.8 1.9c-.6.3-.8.6-.8 1.2m0 2.3v.1"),
  catalog: icon(
    "M3 3.5h4.5A1.5 1.5 0 0 1 9 5v10.5A1.5 1.5 0 0 0 7.500 14H3zM15 3.5h-4.500A1.5 1.5 0 0 0 9 5v10.5A1.5 1.5 0 0 1 10.500 14H15z",
  ),
  connectors: icon("M6 2v4m6-4v4M4 6h10v3a5 5 0 0 1-10 0zM9 14v2.500"),
  settings: icon(
    "M2 5h8m4 0h2M2 13h2m4 0h8M10 5a2 2 0 1 0 4 0 2 2 0 0 0-4 0ZM4 13a2 2 0 1 0 4 0 2 2 0 0 0-4 0Z",
  ),
};
