import { expect } from "bun:test";
import { consoleTest, openSubscribedConsole, SOLD } from "../support/open-console.ts";
import { startReceiver } from "../support/receiver.ts";

consoleTest(
  "what works in the sandbox is promoted, after a look at what changes",
  async () => {
    await using receiver = startReceiver();
    await using console = await openSubscribedConsole(receiver.url);
    const { page } = console;

    await page.getByRole("button", { name: "Promote sandbox" }).click();
    const dialog = page.getByRole("dialog", { name: "Promote sandbox to production" });
    await dialog.getByRole("row").filter({ hasText: SOLD }).filter({ hasText: "new" }).waitFor();
    await dialog.getByRole("button", { name: "Promote", exact: true }).click();
    await page.getByText("1 subscription promoted to production.").waitFor();
    const production = page.getByRole("region", { name: "production" });
    await production.getByRole("listitem", { name: SOLD }).waitFor();

    await page.getByRole("button", { name: "Promote sandbox" }).click();
    await dialog.getByText("as it is").waitFor();
    expect(await dialog.getByRole("button", { name: "Promote", exact: true }).isDisabled()).toBe(true);
    await page.keyboard.press("Escape");

    await console.publish(1, { environment: "production" });
    await receiver.got(1);
  },
  60_000,
);

consoleTest(
  "a subscription is paused, resumed, changed, and deleted once that is confirmed",
  async () => {
    await using receiver = startReceiver();
    await using console = await openSubscribedConsole("http://127.0.0.1:9/");
    const { page } = console;
    const row = page.getByRole("listitem", { name: SOLD });

    await row.getByRole("button", { name: "Pause" }).click();
    await row.getByText("paused", { exact: true }).waitFor();
    const [eventId = ""] = await console.publish(1);
    await row.getByRole("button", { name: "Resume" }).click();
    await row.getByText("active", { exact: true }).waitFor();
    await row.getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Webhook URL").fill("ftp://127.0.0.1/");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("dialog").getByRole("alert").waitFor();
    await page.getByLabel("Webhook URL").fill(receiver.url);
    await page.getByRole("button", { name: "Save" }).click();
    await row.getByText(receiver.url).waitFor();

    await console.open("explain");
    await page.getByLabel("Event id").fill(eventId);
    await page.getByRole("button", { name: "Explain" }).click();
    await page.getByText("not matched").waitFor();
    await page
      .getByText(/paused/)
      .first()
      .waitFor();

    await console.open("subscriptions");
    await row.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    expect(await row.count()).toBe(1);
    await row.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await row.waitFor({ state: "detached" });
    expect(console.troubles).toEqual([]);
  },
  60_000,
);
