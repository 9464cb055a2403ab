import { expect } from "bun:test";
import { realSeams } from "../../src/seams.ts";
import { startDealerAuction } from "../../src/simulators/dealerauction/dealerauction.ts";
import { openLife } from "../../src/simulators/dealerauction/life.ts";
import { consoleTest, openConsole } from "../support/open-console.ts";

consoleTest(
  "a connector is added, told that its password is wrong, put right, run, paused and deleted",
  async () => {
    const seams = realSeams();
    const { now } = seams.clock;
    const upstream = startDealerAuction({ seams });
    openLife({ world: upstream.world, customerId: "10001", size: 4, now, random: seams.random });
    await using console = await openConsole();
    const { page } = console;
    await console.signUp();
    await console.open("connectors");
    await page.getByRole("button", { name: "Add a connector" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a connector" });
    await dialog.getByRole("button", { name: "DealerAuction" }).click();
    await dialog.getByLabel("Name", { exact: true }).fill("lane-stock");
    await dialog.getByLabel("User name").fill(upstream.username);
    await dialog.getByLabel("Password").fill("a password of last year");
    await dialog.getByLabel("Customer ids").fill("10001");
    await dialog.getByText("More settings").click();
    await dialog.getByLabel("Address").fill(upstream.url);
    await dialog.getByRole("button", { name: "Save and try it" }).click();
    await dialog.getByText("not yet").waitFor();
    await dialog.getByLabel("Password").fill(upstream.password);
    await dialog.getByRole("button", { name: "Save again" }).click();
    await dialog.getByText("credentials work").waitFor();
    await dialog.getByRole("button", { name: "Done" }).click();

    const card = page.getByRole("region", { name: "lane-stock" });
    await card.getByText("set, never shown").waitFor();
    expect(await page.locator("body").textContent()).not.toContain(upstream.password);
    await card.getByRole("button", { name: "Run now" }).click();
    const runs = page.getByRole("region", { name: "List of runs" });
    await runs.getByText("complete").first().waitFor();
    await card.getByRole("button", { name: "Pause" }).click();
    await card.getByRole("button", { name: "Resume" }).waitFor();
    await card.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("No connectors").waitFor();
    expect(console.troubles).toEqual([]);
    await upstream.stop();
  },
  60_000,
);
