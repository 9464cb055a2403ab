import { expect } from "bun:test";
import { realSeams } from "../../src/seams.ts";
import { startPrivateAuto } from "../../src/simulators/privateauto/privateauto.ts";
import { addLane, startLane } from "../support/console-connector.ts";
import { consoleTest, type OpenConsole, openConsole, PASSWORD } from "../support/open-console.ts";

/** One more than a page has. */
const MANY = 51;

const tokenOf = async ({ hub }: OpenConsole, email: string): Promise<string> =>
  (await hub.call("POST", "/auth/login", { body: { email, password: PASSWORD } })).token;

consoleTest(
  "older commands come when they are asked for, and the newest stay on top",
  async () => {
    await using lane = startLane(MANY);
    await using console = await openConsole();
    const { page, hub } = console;
    const { email } = await console.signUp();
    await console.open("connectors");
    await addLane(page, lane);
    const auth = await tokenOf(console, email);
    for (const id of lane.listings)
      await hub.call("POST", `/connectors/lane-stock/listings/${id}/mark-as-not-sold`, { auth });

    await page.reload();
    const commands = page.getByRole("region", { name: "Commands" });
    const rows = commands.getByRole("list").last().locator("> li");
    await rows.nth(MANY - 2).waitFor();
    const [oldest = "", newest = ""] = [lane.listings[0], lane.listings.at(-1)];
    expect(await rows.first().textContent()).toContain(newest);
    await commands.getByRole("button", { name: "Show older commands" }).click();
    await rows.filter({ hasText: oldest }).waitFor();
    expect(await rows.count()).toBe(MANY);
    expect(await commands.getByRole("button", { name: "Show older commands" }).count()).toBe(0);
    expect(console.troubles).toEqual([]);
  },
  60_000,
);

consoleTest(
  "older documents come when they are asked for",
  async () => {
    const upstream = startPrivateAuto({ seams: realSeams() });
    await using console = await openConsole();
    const { page, hub } = console;
    const { email } = await console.signUp();
    const auth = await tokenOf(console, email);
    const { url: baseUrl, partnerId, sharedSecret, webhookSecret, world } = upstream;
    const settings = { baseUrl, partnerId, sharedSecret, webhookSecrets: [webhookSecret] };
    const { inboundUrl } = await hub.call("PUT", "/connectors/deals", {
      auth,
      body: {
        kind: "privateauto",
        environment: "sandbox",
        settings: { ...settings, archiveDocuments: true, enrich: false },
      },
    });
    upstream.deliveries.endpoint.url = inboundUrl;
    for (let sold = 0; sold < MANY; sold++) {
      const deal = world.sell({ vin: "1HGBH41JXMN109186" });
      world.accept(deal);
      world.sign(deal, "poa");
    }
    await untilThereAre(MANY, () => hub.call("GET", "/documents?limit=200", { auth }));

    await console.open("connectors/deals");
    const documents = page.getByRole("region", { name: "Documents" });
    const rows = documents.getByRole("listitem");
    await rows.nth(MANY - 2).waitFor();
    expect(await rows.count()).toBe(MANY - 1);
    await documents.getByRole("button", { name: "Show older documents" }).click();
    await rows.nth(MANY - 1).waitFor();
    expect(await documents.getByRole("button", { name: "Show older documents" }).count()).toBe(0);
    expect(console.troubles).toEqual([]);
    await upstream.stop();
  },
  60_000,
);

/** Fetched by another process on its own clock. */
async function untilThereAre(wanted: number, read: () => Promise<{ documents: unknown[] }>): Promise<void> {
  while ((await read()).documents.length < wanted) await Bun.sleep(50);
}
