import type { Page } from "playwright-core";
import type { BusyHub } from "./busy-hub.ts";
import { commandViews, type ShownView } from "./command-views.ts";

/** Every view of the console, its dialogs too. */
export const consoleViews = ({ delivered, failed, eventId }: BusyHub["ids"]): ShownView[] => [
  { name: "overview", address: "overview", settle: (page) => page.locator(".chart canvas").waitFor() },
  { name: "subscriptions", address: "subscriptions", settle: seen("ae.asset.*") },
  {
    name: "new-subscription",
    address: "subscriptions?new=sandbox",
    async settle(page) {
      await page.getByLabel("Event type or pattern").fill("ae.asset.deal.sold.ams");
      await page.getByText("Matches 1 event type").waitFor();
    },
  },
  {
    name: "promote",
    address: "subscriptions",
    async settle(page) {
      await page.getByRole("button", { name: "Promote sandbox" }).click();
      await page.getByRole("dialog").getByRole("row").nth(1).waitFor();
    },
  },
  {
    name: "test-event",
    address: "subscriptions",
    async settle(page) {
      await page.getByRole("button", { name: "Test", exact: true }).first().click();
      await page.getByText("The receiver took it.").waitFor();
    },
  },
  {
    name: "recover",
    address: "subscriptions",
    async settle(page) {
      const row = page.getByRole("listitem", { name: "ae.asset.*", exact: true });
      await row.getByRole("button", { name: "Recover" }).click();
      await page.getByText("finished").waitFor();
    },
  },
  { name: "deliveries", address: "deliveries", settle: seen("ae.asset.deal.sold.ams") },
  { name: "deliveries-empty", address: "deliveries?eventId=none", settle: seen("No delivery matches") },
  { name: "delivery", address: `deliveries?delivery=${delivered}`, settle: opened },
  { name: "delivery-failed", address: `deliveries?status=failed&delivery=${failed}`, settle: opened },
  { name: "dead-letters", address: "dead-letters", settle: seen("HTTP 50") },
  {
    name: "confirm",
    address: "dead-letters",
    async settle(page) {
      await page.getByRole("button", { name: "Replay all" }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  { name: "explain", address: `explain/${eventId}`, settle: seen("not matched") },
  { name: "explain-unknown", address: "explain/none", settle: seen("No event of yours") },
  { name: "catalog", address: "catalog", settle: seen("account") },
  {
    name: "catalog-entry",
    address: "catalog/ae.asset.deal.sold.ams",
    settle: seen("Vehicle the event is about"),
  },
  {
    name: "catalog-code",
    address: "catalog/ae.asset.deal.sold.ams",
    settle: (page) => page.getByRole("button", { name: "Receive it" }).click(),
  },
  { name: "connectors", address: "connectors", settle: seen("lane-stock") },
  { name: "connector", address: "connectors/lane-stock", settle: seen("by hand") },
  { name: "new-connector", address: "connectors?new=yes", settle: seen("Save and try it") },
  ...commandViews,
  { name: "settings", address: "settings", settle: seen("daanw") },
  {
    name: "sign-in-again", // the last: nobody is signed in any more
    address: "subscriptions?new=sandbox",
    async settle(page) {
      await page.getByLabel("Event type or pattern").fill("ae.asset.deal.sold.ams");
      await page.getByLabel("Webhook URL").fill("https://example.com/webhook");
      await page.evaluate(SIGN_OUT);
      await page.getByRole("button", { name: "Create", exact: true }).click();
      await page.getByRole("dialog", { name: "Sign in again" }).waitFor();
    },
  },
];

/** As another window would. */
const SIGN_OUT = 'fetch("/api/session", { method: "DELETE", headers: { "x-requested-with": "lanehook" } })';

const seen = (text: string) => (page: Page) => page.getByText(text).first().waitFor();

const opened = (page: Page) =>
  page.getByRole("complementary", { name: "Delivery" }).getByText("Payload").first().waitFor();
