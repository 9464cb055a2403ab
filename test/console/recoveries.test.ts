import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { consoleTest, openSubscribedConsole, SOLD } from "../support/open-console.ts";
import { startReceiver } from "../support/receiver.ts";

const dialogOf = (page: Page) => page.getByRole("dialog", { name: "Recover what was missed" });

consoleTest(
  "what a failing receiver missed is recovered since it began to fail, and what came while paused since a given time",
  async () => {
    await using receiver = startReceiver(500);
    await using console = await openSubscribedConsole(receiver.url);
    const { page } = console;
    await console.publish(3);
    await receiver.got(9);
    await page.reload();
    const row = page.getByRole("listitem", { name: SOLD });
    await row.getByText(/failing/).waitFor();

    receiver.answer(200);
    await row.getByRole("button", { name: "Recover" }).click();
    const dialog = dialogOf(page);
    await dialog.getByText("None was started yet.").waitFor();
    expect(await dialog.getByLabel("Since").textContent()).toStartWith("It began to fail");
    await dialog.getByRole("button", { name: "Start a recovery" }).click();
    await dialog.getByText("3 deliveries made, 3 events looked at").waitFor();
    await dialog.getByText("finished").waitFor();
    await receiver.got(12);
    await dialog.getByRole("button", { name: "Close" }).last().click();

    await row.getByRole("button", { name: "Pause" }).click();
    await row.getByText("paused", { exact: true }).waitFor();
    await console.publish(2);
    await row.getByRole("button", { name: "Recover" }).click();
    await dialog.getByText("waits until you resume it").waitFor();
    await dialog.getByLabel("Since").selectOption("given");
    await dialog.getByLabel("From").fill("2999-01-01T00:00");
    await dialog.getByRole("button", { name: "Start a recovery" }).click();
    await dialog.getByText("must lie in the past").waitFor();
    await dialog.getByLabel("From").fill("2020-01-01T00:00");
    await dialog.getByRole("button", { name: "Start a recovery" }).click();
    await dialog.getByText("2 deliveries made, 5 events looked at").waitFor();
    await page.keyboard.press("Escape");
    await row.getByRole("button", { name: "Resume" }).click();
    await receiver.got(14);
    expect(console.troubles).toEqual([]);
  },
  60_000,
);

consoleTest(
  "a recovery shows how far it is, and is cancelled; a subscription is told to recover by itself",
  async () => {
    await using receiver = startReceiver();
    await using console = await openSubscribedConsole(receiver.url);
    const { page } = console;
    const row = page.getByRole("listitem", { name: SOLD });
    await row.getByRole("button", { name: "Pause" }).click();
    await row.getByText("paused", { exact: true }).waitFor();
    for (let sent = 0; sent < MANY; sent += EACH) await console.publish(EACH);

    await row.getByRole("button", { name: "Recover" }).click();
    const dialog = dialogOf(page);
    await dialog.getByRole("button", { name: "Start a recovery" }).click();
    await dialog.getByText("running").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.getByText("cancelled").waitFor();
    const told = (await dialog.getByText(/deliver(y|ies) made/).textContent()) ?? "";
    expect(Number(told.split(" ")[0]?.replaceAll(",", ""))).toBeLessThan(MANY);

    await dialog.getByText("Dead letters wait until you replay them").waitFor();
    await dialog.getByRole("button", { name: "Replay by itself" }).click();
    await dialog.getByText("follow by themselves").waitFor();
    await page.keyboard.press("Escape");
    await row.getByText(/replays by itself/).waitFor();
    expect(console.troubles).toEqual([]);
  },
  60_000,
);

/** Enough that a recovery takes longer than a click. */
const MANY = 40_000;
const EACH = 10_000;
