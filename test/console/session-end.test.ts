import { expect } from "bun:test";
import {
  addAuction,
  consoleTest,
  type OpenConsole,
  openConsole,
  PASSWORD,
  SOLD,
} from "../support/open-console.ts";
import { startReceiver } from "../support/receiver.ts";

consoleTest(
  "a session that ends in the middle of a form leaves what was typed, for who signs in again",
  async () => {
    await using receiver = startReceiver();
    await using console = await openConsole();
    const { page } = console;
    const { email } = await console.signUp();
    await console.open("settings");
    await addAuction(page);
    await console.open("subscriptions");
    await page.getByRole("button", { name: "New subscription" }).click();
    const form = page.getByRole("dialog", { name: "New subscription" });
    await form.getByLabel("Event type or pattern").fill(SOLD);
    await form.getByLabel("Webhook URL").fill(receiver.url);

    await endSession(console);
    const again = page.getByRole("dialog", { name: "Sign in again" });
    await again.getByText("What you have typed is kept").waitFor(); // by itself: the stream has ended
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    expect(await again.getByLabel("E-mail").inputValue()).toBe(email);
    await again.getByLabel("Password").fill("not the password");
    await again.getByRole("button", { name: "Sign in" }).click();
    await again.getByRole("alert").waitFor();
    await again.getByLabel("Password").fill(PASSWORD);
    await again.getByRole("button", { name: "Sign in" }).click();
    await again.waitFor({ state: "detached" });
    expect(await form.getByLabel("Webhook URL").inputValue()).toBe(receiver.url);
    await form.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByRole("listitem", { name: SOLD }).waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    await console.publish(1);
    await receiver.got(1);
    expect(console.troubles).toEqual([]);
  },
  60_000,
);

consoleTest(
  "another person who signs in finds nothing of the one before; who leaves leaves nothing",
  async () => {
    await using console = await openConsole();
    const { page, hub } = console;
    await console.signUp();
    await console.open("settings");
    await addAuction(page);
    await page.getByLabel("Add auction ids").fill("typed, but not sent");
    const other = { email: "other@example.com", name: "Other Autos", password: PASSWORD };
    await hub.call("POST", "/auth/signup", { body: other });

    await endSession(console);
    const again = page.getByRole("dialog", { name: "Sign in again" });
    await again.getByLabel("E-mail").fill(other.email);
    await again.getByLabel("Password").fill(PASSWORD);
    await again.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Other Autos, other@example.com").waitFor();
    await page.getByText("None yet: add one").waitFor();
    expect(await page.getByLabel("Add auction ids").inputValue()).toBe("");
    expect(await page.locator("body").textContent()).not.toContain("daanw");

    await endSession(console);
    await again.getByRole("button", { name: "Leave" }).click();
    await page.getByRole("heading", { name: "Sign in", level: 1 }).waitFor();
    expect(await page.locator("body").textContent()).not.toContain("Other Autos");
    expect(console.troubles).toEqual([]);
  },
  60_000,
);

/** As signing out in another window does. */
async function endSession({ page, hub }: OpenConsole): Promise<void> {
  await page.getByText("Live", { exact: true }).waitFor();
  const cookies = await page.context().cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  const headers = { cookie, "x-requested-with": "lanehook" };
  const answer = await fetch(`${hub.origin}/api/session`, { method: "DELETE", headers });
  expect(answer.status).toBe(204);
}
