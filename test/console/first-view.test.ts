import { expect } from "bun:test";
import { consoleTest, openConsole } from "../support/open-console.ts";

consoleTest(
  "the first view needs nothing but what the page names first, and the chart",
  async () => {
    await using console = await openConsole();
    const { page, hub } = console;
    const [named = ""] = (await (await fetch(hub.origin)).text()).split("<template");
    const refused: string[] = [];
    await page.route(/\.(?:js|css)$/, (route) => {
      const name = new URL(route.request().url()).pathname;
      if (named.includes(name) || name.startsWith("/rate-chart-")) return route.continue();
      refused.push(name);
      return route.abort();
    });
    await page.reload();
    await console.signUp();
    await page.reload();
    await page.locator(".chart canvas").waitFor();
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("alert").getByText("Could not read this view.").waitFor();
    expect(refused.some((name) => name.startsWith("/settings-view-"))).toBe(true);
    expect(console.troubles).toEqual([]);
  },
  60_000,
);

consoleTest(
  "the other views are fetched ahead, and open also while the hub does not answer",
  async () => {
    await using console = await openConsole();
    const { page } = console;
    await console.signUp();
    const isFetched = `performance.getEntriesByType("resource").some(
      ({ name, responseEnd }) => name.includes("/catalog-view-") && responseEnd > 0)`;
    while (!(await page.evaluate(isFetched))) await Bun.sleep(50); // as long as the browser likes
    const start = await console.kill();
    await page.getByText("The hub does not answer. Trying again…").waitFor();
    await page.getByRole("link", { name: "Catalog" }).click();
    await page.getByRole("heading", { name: "Catalog" }).waitFor();
    await start();
    await page.getByText("account").first().waitFor();
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
  "a view that did not come can be had after a reload, which comes by itself once the hub is back",
  async () => {
    await using console = await openConsole();
    const { page } = console;
    await page.route(/\/(?:catalog|settings)-view-\w+\.js/, (route) => route.abort());
    await console.signUp();
    await page.getByRole("link", { name: "Catalog" }).click();
    await page.getByRole("alert").getByText("Could not read this view.").waitFor();
    await page.unroute(/\/(?:catalog|settings)-view-\w+\.js/);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Catalog" }).waitFor();

    await page.route(/\/settings-view-\w+\.js/, (route) => route.abort());
    const start = await console.kill();
    await page.getByText("The hub does not answer. Trying again…").waitFor();
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("alert").getByText("Could not read this view.").waitFor();
    await page.unroute(/\/settings-view-\w+\.js/);
    await start();
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    expect(console.troubles).toEqual([]);
  },
  60_000,
);
