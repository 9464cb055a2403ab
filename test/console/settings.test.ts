import { expect } from "bun:test";
import { addAuction, consoleTest, openConsole, PASSWORD, subscribe } from "../support/open-console.ts";
import { isSignedWith, startReceiver } from "../support/receiver.ts";

consoleTest(
  "a rotated secret signs at once, beside the old one until the overlap ends",
  async () => {
    await using receiver = startReceiver();
    await using console = await openConsole();
    const { page } = console;
    await console.signUp();
    await console.open("settings");
    await addAuction(page);
    const card = page.getByRole("region", { name: "Signing secret" });
    await card.getByRole("button", { name: "Show" }).click();
    const before = await card.locator("code").textContent();

    await card.getByRole("button", { name: "Rotate" }).click();
    const dialog = page.getByRole("dialog", { name: "Rotate the signing secret" });
    await dialog.getByLabel("Overlap").selectOption({ label: "1 hour" });
    await dialog.getByRole("button", { name: "Rotate" }).click();
    await card.getByText(/it ends in 60 min\./).waitFor();
    const after = await card.locator("code").textContent();
    expect(after).not.toBe(before);

    await console.open("subscriptions");
    await subscribe(page, { url: receiver.url });
    await console.publish(1);
    await receiver.got(1);
    const [webhook] = receiver.received;
    if (webhook === undefined) throw new Error("nothing was received");
    expect(isSignedWith(after ?? "", webhook)).toBe(true);
    expect(webhook.headers["webhook-signature"]?.split(" ")).toHaveLength(2);
  },
  60_000,
);

consoleTest(
  "the API key is shown to who knows the password, and the password is changed",
  async () => {
    await using console = await openConsole();
    const { page, hub } = console;
    const { email } = await console.signUp();
    await console.open("settings");
    const card = page.getByRole("region", { name: "API key" });
    await card.getByLabel("Your password").fill("wrong horse battery");
    await card.getByRole("button", { name: "Show the key" }).click();
    await card.getByText("This is not the password.").waitFor();
    await card.getByLabel("Your password").fill(PASSWORD);
    await card.getByRole("button", { name: "Show the key" }).click();
    const apiKey = await card.getByText(/^[0-9a-f]{8}-[0-9a-f-]{27}$/).textContent();
    const answer = await fetch(`${hub.origin}/api/auth/me`, { headers: { "x-api-key": apiKey ?? "" } });
    expect(answer.status).toBe(200);

    const password = page.getByRole("region", { name: "Password" });
    await password.getByLabel("Present password").fill(PASSWORD);
    await password.getByLabel("New password").fill("another horse battery");
    await password.getByRole("button", { name: "Change the password" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill("another horse battery");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Settings" }).waitFor(); // where one was

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(console.troubles).toEqual([]);
  },
  60_000,
);
