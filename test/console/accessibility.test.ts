import { afterAll, beforeAll, expect } from "bun:test";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { type BusyHub, startBusyHub } from "../support/busy-hub.ts";
import { consoleViews } from "../support/console-views.ts";
import { consoleTest, hasBrowser, launchBrowser, PASSWORD } from "../support/open-console.ts";

let hub: BusyHub;
let browser: Browser;

beforeAll(async () => {
  if (!hasBrowser) return;
  [hub, browser] = await Promise.all([startBusyHub(), launchBrowser()]);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await hub?.[Symbol.asyncDispose]();
});

for (const [colorScheme, width] of [
  ["light", 1280],
  ["dark", 360],
] as const)
  consoleTest(
    `axe finds nothing serious in any view, ${colorScheme} and ${width} wide, and nothing is wider than the page`,
    async () => {
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
      page.setDefaultTimeout(10_000);
      await page.goto(hub.app.origin);
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      const found: Record<string, string[]> = { "sign-in": await seriousIn(page) };
      await page.getByLabel("E-mail").fill(hub.email);
      await page.getByLabel("Password").fill(PASSWORD);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { name: "Overview" }).waitFor();
      for (const { name, address, settle } of consoleViews(hub.ids)) {
        await page.goto(`${hub.app.origin}/#/${address}`);
        await page.reload();
        await settle(page);
        found[name] = [...(await seriousIn(page)), ...(await tooWideIn(page))];
      }
      await page.close();
      expect(Object.entries(found).filter(([, what]) => what.length > 0)).toEqual([]);
    },
    120_000,
  );

/** What axe calls serious or critical, with where it stands. Evaluated, so the page's policy lets it run. */
async function seriousIn(page: Page): Promise<string[]> {
  await page.evaluate(`${axe.source}; undefined`);
  const { violations } = (await page.evaluate("axe.run()")) as axe.AxeResults;
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

async function tooWideIn(page: Page): Promise<string[]> {
  const over = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
  return over > 0 ? [`${over} px too wide`] : [];
}
