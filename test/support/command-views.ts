import type { Page } from "playwright-core";

/** A view as a person meets it: its address, and what to do there first. */
export interface ShownView {
  name: string;
  address: string;
  /** Leads to what is to be seen, and waits for it. */
  settle(page: Page): Promise<unknown>;
}

/** What a person meets who asks something of an upstream. */
export const commandViews: ShownView[] = [
  {
    name: "commands",
    address: "connectors/lane-stock",
    async settle(page) {
      await page.getByText("Detail").first().click();
      await page.evaluate("document.querySelector('[aria-label=Commands]').scrollIntoView()");
    },
  },
  { name: "command", address: "connectors/lane-stock", settle: (page) => openForm(page, "Mark as sold") },
  {
    name: "command-confirm",
    address: "connectors/lane-stock",
    async settle(page) {
      await openForm(page, "Mark as sold");
      await fillSale(page);
      await page.getByRole("dialog", { name: "Mark as sold?" }).waitFor();
    },
  },
  {
    name: "command-refused",
    address: "connectors/lane-stock",
    async settle(page) {
      await openForm(page, "Mark as sold");
      await fillSale(page);
      await confirm(page, "Mark as sold");
      await page.getByText("Nothing was changed.").last().waitFor();
    },
  },
  {
    name: "command-lost",
    address: "connectors/lane-stock",
    async settle(page) {
      await openForm(page, "Mark as sold");
      await page.route("**/mark-as-sold", (route) => route.abort()); // as where the line is cut
      await fillSale(page);
      await confirm(page, "Mark as sold");
      await page.getByText("Look again once the hub answers").waitFor();
      await page.unroute("**/mark-as-sold");
    },
  },
  {
    name: "command-mistake",
    address: "connectors/deals",
    async settle(page) {
      await openForm(page, "Start a deal");
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("VIN").fill("1HGBH41JXMN10918");
      await dialog.getByRole("button", { name: "Start a deal" }).click();
      await confirm(page, "Start a deal");
      await dialog.getByText("must be 17 letters").waitFor();
    },
  },
  {
    name: "command-large",
    address: "connectors/shop",
    async settle(page) {
      await openForm(page, "Create a customer");
      await page.getByRole("dialog").getByText("Dealer", { exact: true }).click();
    },
  },
  {
    name: "command-done",
    address: "connectors/shop",
    async settle(page) {
      await openForm(page, "Make a storefront link");
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Dealer's dpid").fill("lakeside");
      await dialog.getByLabel("VIN").fill("4T1C11AK0LU322811");
      await dialog.getByLabel("E-mail").fill("bea.buyer@example.com");
      await dialog.getByRole("button", { name: "Make a storefront link" }).click();
      await dialog.getByRole("button", { name: "Done" }).waitFor();
    },
  },
];

async function openForm(page: Page, offer: string): Promise<void> {
  const commands = page.getByRole("region", { name: "Commands" });
  await commands.getByRole("button", { name: offer, exact: true }).click();
  await page.getByRole("dialog", { name: offer, exact: true }).locator("input").first().waitFor();
}

async function fillSale(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Mark as sold", exact: true });
  await dialog.getByLabel("Listing id").fill("cf17d47a-3ba5-452d-a18f-f03225aa6c27");
  await dialog.getByLabel("Sale price").fill("5000");
  await dialog.getByRole("button", { name: "Mark as sold" }).click();
}

const confirm = (page: Page, offer: string) =>
  page
    .getByRole("dialog", { name: `${offer}?` })
    .getByRole("button", { name: offer })
    .click();
