import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchBrowser } from "../support/open-console.ts";
import { median, note } from "./figures.ts";
import { scratchFolder, startHub } from "./program.ts";
import type { Bench } from "./speed.ts";

const PASSWORD = "correct horse battery";

/** A view that someone opens first: what stands in it, and what the browser knows of the last visit. */
interface FirstView {
  name: string;
  /** What is there once the view is. */
  sign: string;
  isSignedIn: boolean;
}

const VIEWS: FirstView[] = [
  { name: "sign-in", sign: ".entry-card input", isSignedIn: false },
  { name: "overview", sign: ".tile-value", isSignedIn: true },
];

/** How many times slower than it is the browser's main thread runs, as the browser's own tools make it. */
const SLOWER = [1, 4];

/** How long the console's first view takes from the address to the painted view, with nothing in the browser's cache. */
export async function measureFirstView({ isQuick }: Bench): Promise<void> {
  using folder = scratchFolder();
  await using hub = await startHub(folder.path);
  const origin = `http://127.0.0.1:${hub.port}`;
  const session = await signUp(origin);
  const browser = await launchBrowser();
  const opened: Opened[] = [];
  for (let round = 0; round <= (isQuick ? 3 : 15); round++) {
    for (const view of VIEWS)
      for (const slower of SLOWER) {
        const times = await openOnce(browser, { origin, session, view, slower });
        if (round > 0) opened.push({ view, slower, ...times }); // the first round warms hub and browser
      }
  }
  await browser.close();
  for (const view of VIEWS) tell(view, opened);
}

interface Times {
  /** From the navigation's start to the first paint of anything, and of the view, ms. */
  framedMs: number;
  shownMs: number;
  /** What came over the network until then: answers, and their bytes, compressed. */
  requests: number;
  bytes: number;
}

interface Opened extends Times {
  view: FirstView;
  slower: number;
}

function tell(view: FirstView, opened: readonly Opened[]): void {
  for (const slower of SLOWER) {
    const own = opened.filter((each) => each.view === view && each.slower === slower);
    const speed = slower === 1 ? "" : `, CPU ${slower} times slower`;
    const of = (what: keyof Times) => median(own.map((each) => each[what]));
    note({ figure: `first paint, ${view.name}${speed}`, unit: "ms", value: of("framedMs") });
    note({ figure: `first view, ${view.name}${speed}`, unit: "ms", value: of("shownMs"), goal: "≤ 1000 ms" });
    if (slower !== 1) continue;
    note({ figure: `first view, ${view.name}, loaded`, unit: "KiB", value: of("bytes") / 1024 });
    note({ figure: `first view, ${view.name}, requests`, unit: "", value: of("requests") });
  }
}

/** A new account's session, as its cookie. */
async function signUp(origin: string): Promise<string> {
  const answer = await fetch(`${origin}/api/session/signup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "bench@example.com", name: "Bench", password: PASSWORD }),
  });
  const session = /lanehook_session=([^;]+)/.exec(answer.headers.get("set-cookie") ?? "")?.[1];
  if (session === undefined) throw new Error(`signing up answered ${answer.status}`);
  return session;
}

async function openOnce(
  browser: Browser,
  given: { origin: string; session: string; view: FirstView; slower: number },
): Promise<Times> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await newPage(context, given);
    await page.goto(given.origin);
    for (;;) {
      const times = await page.evaluate<Times | null>("window.firstView ?? null");
      if (times !== null) return times;
      await Bun.sleep(20);
    }
  } finally {
    await context.close();
  }
}

async function newPage(
  context: BrowserContext,
  { origin, session, view, slower }: { origin: string; session: string; view: FirstView; slower: number },
): Promise<Page> {
  if (view.isSignedIn) await context.addCookies([{ name: "lanehook_session", value: session, url: origin }]);
  const page = await context.newPage();
  await page.addInitScript(watchFor(view));
  const tools = await context.newCDPSession(page);
  await tools.send("Emulation.setCPUThrottlingRate", { rate: slower });
  return page;
}

/** In the page: waits until the view's sign is there, and then for the end of the frame that paints it. */
const watchFor = ({ sign, isSignedIn }: FirstView) => `{
  if (${isSignedIn}) localStorage.setItem("lanehook-visit", "customer");
  const watch = new MutationObserver(() => {
    if (document.querySelector("${sign}") === null) return;
    watch.disconnect();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        const loaded = performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"));
        window.firstView = {
          framedMs: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? performance.now(),
          shownMs: performance.now(),
          requests: loaded.length,
          bytes: loaded.reduce((sum, { transferSize }) => sum + transferSize, 0),
        };
      };
      port2.postMessage(null);
    });
  });
  watch.observe(document, { childList: true, subtree: true });
}`;
