import type { Page } from "playwright-core";
import { realSeams } from "../../src/seams.ts";
import { startDealerAuction } from "../../src/simulators/dealerauction/dealerauction.ts";

/** Starts a DealerAuction with some listings that wait for a decision. */
export function startLane(listings = 1) {
  const upstream = startDealerAuction({ seams: realSeams() });
  const { world } = upstream;
  const ids = Array.from({ length: listings }, () => {
    const listing = world.list(world.add("10001").id);
    world.bid(listing.id, 3000);
    world.end(listing.id);
    return listing.id;
  });
  return Object.assign(upstream, {
    listings: ids,
    [Symbol.asyncDispose]: () => upstream.stop(),
  });
}

/** Adds a connector by the console's own form, and opens its page. */
export async function addConnector(
  page: Page,
  given: { kind: string; name: string; settings: Record<string, string>; address: string },
): Promise<void> {
  const { kind, name, settings, address } = given;
  await page.getByRole("button", { name: "Add a connector" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a connector" });
  await dialog.getByRole("button", { name: kind }).click();
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  for (const [label, value] of Object.entries(settings)) await dialog.getByLabel(label).fill(value);
  await dialog.getByText("More settings").click();
  await dialog.getByLabel("Address", { exact: true }).fill(address);
  await dialog.getByRole("button", { name: "Save and try it" }).click();
  await dialog.getByText("Saved.").waitFor();
  await dialog.getByRole("button", { name: "Done" }).click();
  await page.getByRole("region", { name, exact: true }).waitFor();
}

/** Adds a connector to a lane of DealerAuction. */
export const addLane = (page: Page, { username, password, url }: ReturnType<typeof startLane>) =>
  addConnector(page, {
    kind: "DealerAuction",
    name: "lane-stock",
    settings: { "User name": username, Password: password, "Customer ids": "10001" },
    address: url,
  });
