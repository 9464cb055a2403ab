import { test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { type HubProcess, startHubProcess } from "./hub-process.ts";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  existsSync,
);

/** Nothing of the browser's own goes to the network. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Whether tests run in a browser. Where a machine has none they are left out, but never in CI. */
export const hasBrowser = CHROMIUM !== undefined || process.env.CI !== undefined;

/** A test in a browser. */
export const consoleTest = test.skipIf(!hasBrowser);

/** Starts a browser. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM ?? "chromium", args: FLAGS });

/** The publisher's key of a console's hub. */
export const PUBLISH_KEY = "test-publish-key-0123456789";

/** What every new account gets for a password. */
export const PASSWORD = "correct horse battery";

export const SOLD = "ae.asset.deal.sold.ams";

/** A hub in a process of its own, and a browser that looks at its console. */
export interface OpenConsole extends AsyncDisposable {
  hub: HubProcess;
  /** The folder of the hub's database. */
  dataDir: string;
  page: Page;
  browser: Browser;
  /** What went wrong in the page so far: exceptions, refused by its policy, requests to other hosts. */
  troubles: string[];
  /** Makes an account by the console's own form. */
  signUp(): Promise<{ email: string }>;
  /** Opens a view by its address. */
  open(address: string): Promise<void>;
  /** Sends in events with the publisher's key; gives their ids. */
  publish(events: number, more?: { eventType?: string; environment?: string }): Promise<string[]>;
  /** Kills the hub, and gives what starts it again on the same port and data. */
  kill(): Promise<() => Promise<void>>;
}

/** Starts a hub and opens its console. */
export async function openConsole(
  options: {
    env?: Record<string, string>;
    main?: string;
    colorScheme?: "light" | "dark";
    width?: number;
  } = {},
): Promise<OpenConsole> {
  const dataDir = mkdtempSync(join(tmpdir(), "lanehook-console-"));
  const env = { DATA_DIR: dataDir, PUBLISH_KEY, RETRY_DELAYS: "0,0.05,0.05", ...options.env };
  let hub = await startHubProcess(env, options.main);
  const { origin } = hub;
  const browser = await launchBrowser();
  const { colorScheme = "light", width = 1280 } = options;
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const troubles = troublesOf(page, origin);
  await page.goto(origin);

  return {
    get hub() {
      return hub;
    },
    dataDir,
    page,
    browser,
    troubles,
    async signUp() {
      const email = `dealer-${crypto.randomUUID()}@example.com`;
      await page.getByRole("button", { name: "Create an account" }).click();
      await page.getByLabel("Name").fill("Acme Auto");
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill(PASSWORD);
      await page.getByRole("button", { name: "Create account" }).click();
      await page.getByRole("heading", { name: "Overview" }).waitFor();
      return { email };
    },
    async open(address) {
      await page.goto(`${origin}/#/${address}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
    },
    async publish(events, { eventType = SOLD, environment = "sandbox" } = {}) {
      const body = Array.from({ length: events }, (_, number) => ({
        eventType,
        environment,
        payload: { "auction-id": "daanw", asset: { id: number, vin: "1HGBH41JXMN109186" }, amount: 18_250 },
      }));
      const answer = await hub.call("POST", "/events", { auth: PUBLISH_KEY, body });
      return answer.events.map(({ eventId }: { eventId: string }) => eventId);
    },
    async kill() {
      hub.kill("SIGKILL");
      await hub.exited;
      return async () => {
        hub = await startHubProcess({ ...env, PORT: new URL(origin).port }, options.main);
      };
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await hub[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The same, with an account that has an auction and subscribes at this URL, all by the console's own forms. */
export async function openSubscribedConsole(url: string): Promise<OpenConsole> {
  const console = await openConsole();
  const { page } = console;
  try {
    await console.signUp();
    await console.open("settings");
    await addAuction(page);
    await console.open("subscriptions");
    await subscribe(page, { url });
    return console;
  } catch (error) {
    await console[Symbol.asyncDispose]();
    throw error;
  }
}

function troublesOf(page: Page, origin: string): string[] {
  const troubles: string[] = [];
  page.on("pageerror", ({ message }) => troubles.push(message));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith("data:")) troubles.push(`asked for ${url}`);
  });
  page.on("console", (message) => {
    if (/Content.Security.Policy/i.test(message.text())) troubles.push(message.text());
  });
  return troubles;
}

/** Notes from now on the tasks that keep the page from answering for 50 ms or more; gives those so far, longest first. */
export async function watchLongTasks(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(`window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longTasks.push(duration);
    }).observe({ type: "longtask" });`);
  return () => page.evaluate<number[]>("window.longTasks.toSorted((a, b) => b - a)");
}

/** Subscribes by the console's own form; the event type is chosen in the catalog's tree. */
export async function subscribe(
  page: Page,
  {
    url,
    eventType = SOLD,
    environment = "sandbox",
  }: { url: string; eventType?: string; environment?: string },
): Promise<void> {
  await page.getByRole("button", { name: "New subscription" }).click();
  const dialog = page.getByRole("dialog", { name: "New subscription" });
  await dialog.getByRole("button", { name: environment, exact: false }).click();
  await dialog.getByLabel("Search the catalog").fill(eventType.split(".").slice(2).join(" "));
  await dialog.getByRole("radio", { name: eventType, exact: true }).check();
  await dialog.getByLabel("Webhook URL").fill(url);
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
}

/** Gives the customer an auction by the console's own form. */
export async function addAuction(page: Page, id = "daanw"): Promise<void> {
  await page.getByLabel("Add auction ids").fill(id);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("button", { name: `Give up ${id}` }).waitFor();
}
