import { expect } from "bun:test";
import type { Page } from "playwright-core";
import {
  consoleTest,
  type OpenConsole,
  openConsole,
  PASSWORD,
  watchLongTasks,
} from "../support/open-console.ts";
import { SEEDED_TYPE, seedDeliveries } from "../support/seeded-deliveries.ts";

/** What one list holds, and some more; one delivery a minute. */
const [LISTED, MORE, MINUTE] = [10_000, 250, 60_000];

consoleTest(
  "every row of a long list can be reached: by scrolling, going on where a list is full, or going to a time",
  async () => {
    await using console = await openConsole();
    const { page } = console;
    await fill(console, LISTED + MORE);
    await console.open("deliveries");
    await rows(page).first().waitFor();
    const newest = await timeOf(page, 0);

    const longTasks = await watchLongTasks(page);
    await scrollToEnd(page);
    await page.getByText("10,000 deliveries are listed here.").waitFor();
    const [, , third = 0] = await longTasks(); // a machine busy with others holds a page up once or twice
    expect(third).toBeLessThan(200);
    const last = await timeOf(page, LISTED - 1);
    expect(newest - last).toBe((LISTED - 1) * MINUTE);

    await page.getByRole("link", { name: "Older deliveries: go on from here" }).click();
    await page.getByText("from where the list before this one ended").waitFor();
    await rows(page).first().waitFor();
    expect(await timeOf(page, 0)).toBe(last - MINUTE); // none twice and none left out
    await page.reload();
    await rows(page).first().waitFor();
    await page.getByLabel("Event id").focus();
    await page.keyboard.press("Tab"); // a filter that is left as it is changes nothing
    await scrollToEnd(page);
    await page.getByText("That is all.").waitFor();
    expect(await timeOf(page, MORE - 1)).toBe(newest - (LISTED + MORE - 1) * MINUTE);

    await page.goBack();
    await page.getByText("from where the list before this one ended").waitFor({ state: "detached" });
    expect(await timeOf(page, 0)).toBe(newest);
    const middle = new Date(newest - 4_000 * MINUTE);
    await page.getByLabel("Go to a time").fill(localText(middle));
    await page.keyboard.press("Enter");
    await page.waitForURL(/until=/);
    await rows(page).first().waitFor();
    const shown = await timeOf(page, 0);
    expect(middle.getTime() - shown).toBeGreaterThan(0);
    expect(middle.getTime() - shown).toBeLessThanOrEqual(2 * MINUTE); // it is chosen to the minute
    expect(console.troubles).toEqual([]);
  },
  120_000,
);

/** Gives a new account a subscription with many deliveries of the past, and signs in. */
async function fill(console: OpenConsole, count: number): Promise<void> {
  const { page } = console;
  const { email } = await console.signUp();
  const { token } = await console.hub.call("POST", "/auth/login", { body: { email, password: PASSWORD } });
  const body = { eventType: SEEDED_TYPE, webhookUrl: "http://127.0.0.1:9/" };
  await console.hub.call("PUT", "/subscriptions/production", { auth: token, body });
  const start = await console.kill();
  seedDeliveries(console.dataDir, { count, customer: 0, status: "success", size: 300, spacingMs: MINUTE });
  await start();
  await page.getByText("Live", { exact: true }).waitFor();
}

const rows = (page: Page) => page.getByRole("row").filter({ hasText: SEEDED_TYPE });

/** When the delivery of a row was made; the row must be in sight or near. */
async function timeOf(page: Page, index: number): Promise<number> {
  const time = page.locator(`[data-row="${index}"] time`);
  return Date.parse((await time.getAttribute("datetime")) ?? "");
}

/** Scrolls down until the list says that it ends. */
const scrollToEnd = (page: Page) =>
  page.evaluate(`(async () => {
    for (;;) {
      const list = document.querySelector(".vlist");
      list.scrollTop = list.scrollHeight;
      if (/go on from here|That is all/.test(list.lastElementChild.textContent)) break;
      await new Promise((resolve) => setTimeout(resolve));
    }
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  })()`);

/** As a field for date and time takes it, in the browser's zone, which is this machine's. */
const localText = (at: Date) =>
  new Date(at.getTime() - at.getTimezoneOffset() * MINUTE).toISOString().slice(0, 16);
