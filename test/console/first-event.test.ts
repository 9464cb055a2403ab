import { expect } from "bun:test";
import { addAuction, consoleTest, openConsole, SOLD, subscribe } from "../support/open-console.ts";
import { startReceiver } from "../support/receiver.ts";

consoleTest(
  "from signing up to the first delivered event, without the API",
  async () => {
    await using receiver = startReceiver();
    await using console = await openConsole();
    const { page } = console;
    await console.signUp();
    await page.getByRole("heading", { name: "From here to the first event" }).waitFor();

    await page.getByRole("link", { name: "Set auction ids" }).click();
    await addAuction(page);
    await page.getByRole("link", { name: "Subscriptions" }).click();
    await subscribe(page, { url: receiver.url });

    const row = page.getByRole("listitem", { name: SOLD });
    await row.getByRole("button", { name: "Test" }).click();
    await page.getByText("The receiver took it.").waitFor();
    expect(receiver.received[0]?.headers["x-webhook-test"]).toBe("true");
    await page.getByRole("button", { name: "Close", exact: true }).last().click();

    await page.getByRole("link", { name: "Deliveries", exact: true }).click();
    await page.getByText("Nothing was sent yet").waitFor();
    const [eventId = ""] = await console.publish(1);
    const delivery = page.getByRole("row").filter({ hasText: SOLD });
    await delivery.filter({ hasText: "success" }).waitFor(); // by itself: nobody reloads
    expect(receiver.received[1]?.headers["x-webhook-id"]).toBe(eventId);

    await delivery.click();
    const pane = page.getByRole("complementary", { name: "Delivery" });
    await pane.getByText("accepted, 200").waitFor();
    await pane.getByText("daanw").first().waitFor();
    await pane.getByText("Verify a signature").click();
    await pane.getByRole("button", { name: "Use mine" }).click();
    await pane.getByRole("button", { name: "Verify" }).click();
    await pane.getByText("Genuine: this is the right X-Webhook-Signature.").waitFor();

    await pane.getByRole("link", { name: "The event's way" }).click();
    await page.getByText("matched", { exact: true }).waitFor();
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByText("99.9%").or(page.getByText("100%")).waitFor();
    expect(console.troubles).toEqual([]);
  },
  60_000,
);
