import type { ComponentType } from "react";
import { OverviewView } from "../overview/overview-view.tsx";
import { later } from "../parts/later.ts";
import type { View } from "./router.ts";

/** By then the first view stands, also on a slow machine. */
const SOON_MS = 1_500;

const LATER = {
  subscriptions: later(
    async () => (await import("../subscriptions/subscriptions-view.tsx")).SubscriptionsView,
  ),
  deliveries: later(async () => (await import("../deliveries/deliveries-view.tsx")).DeliveriesView),
  "dead-letters": later(async () => (await import("../dead-letters/dead-letters-view.tsx")).DeadLettersView),
  explain: later(async () => (await import("../explain/explain-view.tsx")).ExplainView),
  catalog: later(async () => (await import("../catalog/catalog-view.tsx")).CatalogView),
  connectors: later(async () => (await import("../connectors/connectors-view.tsx")).ConnectorsView),
  settings: later(async () => (await import("../settings/settings-view.tsx")).SettingsView),
} satisfies Partial<Record<View, unknown>>;

/** What shows each view. The overview comes with the frame, the others when they are first shown or earlier. */
export const viewOf = (view: View): ComponentType => (view === "overview" ? OverviewView : LATER[view].Part);

/** Loads the views that were not shown yet, so that they stand at once, and also while the hub does not answer. */
export function loadViewsSoon(): () => void {
  const timer = setTimeout(() => {
    for (const { load } of Object.values(LATER)) load().catch(() => {}); // told where it is shown
  }, SOON_MS);
  return () => clearTimeout(timer);
}
