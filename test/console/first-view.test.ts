import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { consoleTest, openConsole } from "../support/open-console.ts";

consoleTest(
  "the first view loads its own part of the console, and no other",
  async () => {
    await using console = await openConsole();
    const { page } = console;
    await page.getByRole("button", { name: "Create an account" }).waitFor();
    const guest = await loadedBy(page);
    expect(guest.files.filter((name) => /-view-|chart/.test(name))).toEqual([]);
    expect(guest.files.length).toBeLessThanOrEqual(7);
    expect(guest.calls.toSorted()).toEqual(["/api/session", "/api/session/options"]);

    await page.route(/-view-\w+\.js/, (route) => route.abort()); // these come after the first view, by a timer
    await console.signUp();
    await page.reload();
    await page.locator(".chart canvas").waitFor();
    const customer = await loadedBy(page);
    const [chart = "", ...others] = customer.files.filter((name) => !guest.files.includes(name));
    expect(chart).toMatch(/^\/rate-chart-/);
    expect(others.filter((name) => !/-view-/.test(name))).toEqual([]);
    expect(customer.calls.slice(0, 2).toSorted()).toEqual(["/api/overview", "/api/session"]);
    expect(console.troubles).toEqual([]);
  },
  60_000,
);

consoleTest(
  "before most of its script has come, the page shows the frame of what was there last, and asks the hub",
  async () => {
    await using console = await openConsole();
    const { page, hub } = console;
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.route(/\/app-\w+\.js/, () => {}); // never answered
    const asked = page.waitForRequest(`${hub.origin}/api/session/options`);
    await page.goto(hub.origin, { waitUntil: "commit" });
    await page.locator(".frame-guest").waitFor();
    await asked;
    expect(await page.locator(".frame-customer").isVisible()).toBe(false);

    await page.unroute(/\/app-\w+\.js/);
    await page.goto(hub.origin);
    await console.signUp();
    await page.getByRole("button", { name: "Dark" }).click();
    await page.route(/\/app-\w+\.js/, () => {});
    const askedAgain = page.waitForRequest(`${hub.origin}/api/overview`);
    await page.reload({ waitUntil: "commit" });
    await page.locator(".frame-customer").waitFor();
    await askedAgain;
    expect(await page.locator(".frame-guest").isVisible()).toBe(false);
    expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
    expect(console.troubles).toEqual([]);
  },
  60_000,
);

consoleTest(
  "a view that the hub does not have any more can be had after a reload",
  async () => {
    await using console = await openConsole();
    const { page } = console;
    await page.route(/\/catalog-view-\w+\.js/, (route) => route.fulfill({ status: 404, body: "" }));
    await console.signUp();
    await page.getByRole("link", { name: "Catalog" }).click();
    await page.getByRole("alert").getByText("Could not read this view.").waitFor();
    await page.unroute(/\/catalog-view-\w+\.js/);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Catalog" }).waitFor();
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    expect(console.troubles).toEqual([]);
  },
  60_000,
);

/** What the page has loaded so far: the console's files but for its sign, and what it asked the API for. */
async function loadedBy(page: Page) {
  const urls = await page.evaluate<string[]>(
    'performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname)',
  );
  const calls = urls.filter((path) => path.startsWith("/api/") && path !== "/api/stream");
  const files = urls.filter((path) => /\.(?:js|css)$/.test(path));
  return { files: files.toSorted(), calls };
}
