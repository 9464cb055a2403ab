import { expect } from "bun:test";
import { consoleTest, openConsole, openSubscribedConsole, SOLD } from "../support/open-console.ts";
import { startReceiver } from "../support/receiver.ts";

consoleTest(
  "a console that is open while the hub is killed goes on once it is back",
  async () => {
    await using receiver = startReceiver();
    await using console = await openSubscribedConsole(receiver.url);
    const { page } = console;
    await console.open("deliveries");
    await page.getByText("Live", { exact: true }).waitFor();
    await page.evaluate("window.isTheSamePage = true");

    const start = await console.kill();
    await page.getByText("The hub does not answer. Trying again…").waitFor();
    await start();
    await page.getByText("Live", { exact: true }).waitFor();
    await console.publish(2);
    await page.getByRole("row").filter({ hasText: SOLD }).nth(1).waitFor();
    expect(await page.evaluate("window.isTheSamePage")).toBe(true);
    expect(console.troubles).toEqual([]);
  },
  60_000,
);

consoleTest(
  "a session that has ended leads to signing in, and back to where one was",
  async () => {
    await using console = await openConsole();
    const { page, hub } = console;
    const { email } = await console.signUp();
    await console.open("catalog/ae.asset.deal.sold.ams");
    const login = { email, password: "correct horse battery" };
    const { token } = await hub.call("POST", "/auth/login", { body: login });
    const body = { currentPassword: login.password, newPassword: "another horse battery" };
    await hub.call("POST", "/auth/password", { auth: token, body });

    await page.getByRole("heading", { name: "Sign in" }).waitFor(); // by itself: the stream has ended
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill("another horse battery");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Catalog" }).waitFor();
  },
  60_000,
);
