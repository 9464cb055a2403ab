import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { addLane, startLane } from "../support/console-connector.ts";
import {
  addAuction,
  consoleTest,
  openConsole,
  openSubscribedConsole,
  PASSWORD,
  SOLD,
} from "../support/open-console.ts";
import { startReceiver } from "../support/receiver.ts";

consoleTest(
  "signing in, subscribing and looking at a delivery need no mouse",
  async () => {
    await using receiver = startReceiver();
    await using console = await openConsole();
    const { page } = console;
    const { email } = await console.signUp();
    await console.open("settings");
    await addAuction(page);
    await page.getByRole("button", { name: "Sign out" }).click();

    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.keyboard.type(email); // the first field has the focus
    await page.keyboard.press("Tab");
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Settings" }).waitFor();

    await tabTo(page, "Subscriptions");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Subscriptions" }).waitFor();
    await tabTo(page, "New subscription");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await tabTo(page, "Event type or pattern");
    await page.keyboard.type(SOLD);
    await tabTo(page, "Webhook URL");
    await page.keyboard.type(receiver.url);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });

    await console.publish(3);
    await receiver.got(3);
    await tabTo(page, "Deliveries");
    await page.keyboard.press("Enter");
    await page.getByRole("row").filter({ hasText: "success" }).nth(2).waitFor();
    await tabTo(page, /success.*sold/);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    const pane = page.getByRole("complementary", { name: "Delivery" });
    await pane.getByText("accepted, 200").waitFor();
    expect(await page.getByRole("row", { selected: true }).getAttribute("aria-rowindex")).toBe("3");
    await page.keyboard.press("Escape");
    await pane.waitFor({ state: "detached" });
    expect(await focused(page)).toMatch(/success.*sold/); // back where it was
  },
  60_000,
);

consoleTest(
  "a car is marked as sold without a mouse, and what was missed is recovered",
  async () => {
    await using lane = startLane();
    await using receiver = startReceiver();
    await using console = await openSubscribedConsole(receiver.url);
    const { page } = console;
    await console.open("connectors");
    await addLane(page, lane);

    await tabTo(page, "Mark as sold");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Mark as sold", exact: true });
    await dialog.getByLabel("Listing id").waitFor();
    await page.keyboard.type(lane.listings[0] ?? ""); // the first field has the focus
    await page.keyboard.press("Tab");
    await page.keyboard.type("-5"); // less than anything is sold for: the browser lets nobody send it
    await page.keyboard.press("Enter");
    expect(await page.evaluate<boolean>("document.activeElement.validity.valid")).toBe(false);
    await page.keyboard.press("Control+A");
    await page.keyboard.type("4500");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Mark as sold?" }).waitFor();
    await tabTo(page, "Mark as sold");
    await page.keyboard.press("Enter");
    await dialog.getByText("The listing is marked as sold.").waitFor();
    expect(await focused(page)).toContain("The listing is marked as sold.");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await focused(page)).toBe("Mark as sold"); // back where it was
    await tabTo(page, "Detail");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "What was asked" }).waitFor();

    await console.open("subscriptions");
    await tabTo(page, "Recover");
    await page.keyboard.press("Enter");
    const recovery = page.getByRole("dialog", { name: "Recover what was missed" });
    await recovery.waitFor();
    expect(await focused(page)).toStartWith("Since");
    await page.keyboard.type("A day");
    await tabTo(page, "Start a recovery");
    await page.keyboard.press("Enter");
    await recovery.getByText("finished").waitFor();
    await page.keyboard.press("Escape");
    expect(await focused(page)).toBe("Recover");
    expect(console.troubles).toEqual([]);
  },
  60_000,
);

/** Goes forward with Tab until what is called this has the focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const passed: string[] = [];
  for (let times = 0; times < 120; times++) {
    await page.keyboard.press("Tab");
    const now = await focused(page);
    if (typeof name === "string" ? now === name : name.test(now)) return;
    passed.push(now);
  }
  throw new Error(`Tab never came to ${name}; it passed ${passed.join(" | ")}`);
}

/** What a screen reader would call what has the focus, nearly. */
const focused = (page: Page) =>
  page.evaluate<string>(`(() => {
    const element = document.activeElement;
    const label = element.labels?.[0]?.textContent ?? element.getAttribute("aria-label");
    return (label ?? element.textContent ?? "").replace(/\\s+/g, " ").trim();
  })()`);
