import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startBusyHub } from "../support/busy-hub.ts";
import { consoleViews } from "../support/console-views.ts";
import { launchBrowser, PASSWORD } from "../support/open-console.ts";

// Writes a picture of every view, light and dark, wide and narrow: `bun run screenshots [folder]`.

const folder = process.argv[2] ?? join(import.meta.dir, "../../docs/screenshots");
mkdirSync(folder, { recursive: true });
await using hub = await startBusyHub();
const browser = await launchBrowser();
const views = consoleViews(hub.ids);
for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 360]) {
    const viewport = { width, height: width === 360 ? 740 : 800 };
    const page = await browser.newPage({ colorScheme, viewport, reducedMotion: "reduce" });
    page.setDefaultTimeout(8_000);
    await page.goto(hub.app.origin);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.screenshot({ path: join(folder, `sign-in-${colorScheme}-${width}.png`) });
    await page.getByLabel("E-mail").fill(hub.email);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    for (const { name, address, settle } of views) {
      await page.goto(`${hub.app.origin}/#/overview`);
      await page.goto(`${hub.app.origin}/#/${address}`);
      await page.reload();
      await settle(page).catch(({ message }: Error) => {
        process.exitCode = 1; // the picture shows what was there instead
        console.error(`${name}, ${colorScheme}, ${width}: ${message}`);
      });
      await page.waitForLoadState("networkidle").catch(() => {});
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${width}.png`) });
    }
    await page.close();
  }
}
await browser.close();
console.log(`The pictures are in ${folder}.`);
