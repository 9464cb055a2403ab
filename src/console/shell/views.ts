import type { ComponentType } from "react";
import { OverviewView } from "../overview/overview-view.tsx";
import { later } from "../parts/later.ts";
import type { View } from "./router.ts";

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

/** What shows each view. The overview comes with the frame, the others when they are first shown. */
export const viewOf = (view: View): ComponentType => (view === "overview" ? OverviewView : LATER[view]);

/** By then the first view stands, also on a slow machine; ms. */
const SOON_MS = 1_500;

/**
 * Lets the browser fetch the other views as its cache goes, without running them: then they stand at once, also while
 * the hub does not answer. The page names them.
 */
export function fetchViewsSoon(): () => void {
  const timer = setTimeout(() => {
    const later = document.getElementById("later");
    if (later instanceof HTMLTemplateElement) document.head.append(later.content);
  }, SOON_MS);
  return () => clearTimeout(timer);
}
