import { expect } from "bun:test";
import { consoleTest, openSubscribedConsole, SOLD, subscribe } from "../support/open-console.ts";
import { startReceiver } from "../support/receiver.ts";

consoleTest(
  "filters stand in the address, survive a reload, and hold in another window",
  async () => {
    await using receiver = startReceiver();
    await using console = await openSubscribedConsole(receiver.url);
    const { page } = console;
    await subscribe(page, { url: receiver.url, environment: "production" });
    await console.publish(2);
    await console.publish(1, { environment: "production" });
    await receiver.got(3);

    await console.open("deliveries");
    const rows = page.getByRole("row").filter({ hasText: SOLD });
    await rows.nth(2).waitFor();
    await page.getByLabel("Environment").selectOption("production");
    await page.getByLabel("Status").selectOption("success");
    await page.getByLabel("Event type").fill(SOLD);
    await page.keyboard.press("Enter");
    await page.waitForURL(/eventType=/);
    await rows.nth(1).waitFor({ state: "detached" });
    await rows.first().waitFor();
    expect(await rows.count()).toBe(1);
    await page.reload();
    await rows.first().waitFor();
    expect(await rows.count()).toBe(1);
    expect(await page.getByLabel("Environment").inputValue()).toBe("production");
    expect(await page.getByLabel("Event type").inputValue()).toBe(SOLD);

    await rows.first().click();
    await page.getByRole("complementary", { name: "Delivery" }).getByText("accepted, 200").waitFor();
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.getByRole("complementary", { name: "Delivery" }).getByText("accepted, 200").waitFor();
    await page.getByRole("button", { name: "Clear filters" }).click();
    await rows.nth(2).waitFor();
    expect(console.troubles).toEqual([]);
  },
  60_000,
);
