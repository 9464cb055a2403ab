import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { addAuction, consoleTest, openConsole, PASSWORD, SOLD } from "../support/open-console.ts";
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
