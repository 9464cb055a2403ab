import { expect } from "bun:test";
import { consoleTest, openSubscribedConsole, SOLD } from "../support/open-console.ts";
import { startReceiver } from "../support/receiver.ts";

consoleTest(
  "a failing receiver goes from red to replayed: all of a group, then one",
  async () => {
    await using receiver = startReceiver(500);
    await using console = await openSubscribedConsole(receiver.url);
    const { page } = console;
    await console.publish(3);

    await console.open("overview");
    await page.getByRole("link", { name: /Failing subscriptions\s*1 of 1/ }).waitFor();
    await page
      .getByRole("link", { name: /^Dead letters\s*3$/ })
      .first()
      .waitFor();
    await console.open("dead-letters");
    const group = page.getByRole("region", { name: "By subscription and reason" });
    await group.getByText("HTTP 500: Internal Server Error").waitFor();

    receiver.answer(200);
    await group.getByRole("button", { name: "Replay 3" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Replay" }).click();
    await page.getByText("3 dead letters queued again.").waitFor();
    await page.getByText("No dead letters").waitFor();
    expect(receiver.received).toHaveLength(3 * 3 + 3);
    await console.open("overview");
    await page.getByRole("link", { name: /Failing subscriptions\s*0 of 1/ }).waitFor();

    receiver.answer([500, 500, 500, 200]);
    await console.publish(1);
    await console.open("deliveries?status=failed");
    const failed = page.getByRole("row").filter({ hasText: SOLD });
    await failed.nth(3).waitFor(); // the three that were replayed, and the new one above them
    await failed.first().click();
    const pane = page.getByRole("complementary", { name: "Delivery" });
    await pane.getByRole("button", { name: "Replay" }).click();
    await pane.getByRole("button", { name: "Replayed" }).waitFor();
    await console.open("deliveries?status=success");
    await page.getByRole("row").filter({ hasText: SOLD }).nth(3).waitFor();
    expect(console.troubles).toEqual([]);
  },
  60_000,
);
