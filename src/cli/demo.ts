import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, openApp } from "../app.ts";
import { type Config, readConfig } from "../config.ts";
import type { Log } from "../log.ts";
import { realSeams, type Seams } from "../seams.ts";
import { acme } from "./demo/cast.ts";
import { checkAll, type Seen } from "./demo/checks.ts";
import { DemoFailure, Interrupted } from "./demo/failure.ts";
import { openHubClient } from "./demo/hub-client.ts";
import { paint } from "./demo/paint.ts";
import { type Receivers, startReceivers } from "./demo/receivers.ts";
import { openScreen, print, type Screen } from "./demo/screen.ts";
import { playUpstreams } from "./demo/second-act.ts";
import { type Evidence, type Progress, play, type Stage } from "./demo/story.ts";
import { checkLines, summaryLines } from "./demo/summary.ts";
import { startUpstreams, type Upstream } from "./demo/upstreams.ts";

/** How the demo is played. */
export interface DemoOptions {
  /** Ends after the story instead of staying up. */
  once?: boolean;
  /** Short retry delays. */
  fast?: boolean;
}

/** Longest time the story may take, in ms; the real delays alone are 35 s. */
const DEADLINE_MS = { fast: 25_000, real: 120_000 };

/** Between two events at the slower pace, in ms. */
const PACE_MS = 40;

/** The exit code of a program that was ended by Ctrl-C. */
const INTERRUPTED = 130;

/** Plays the whole hub against receivers of its own: 0 if all is as it should be, else 1. */
export async function demo(options: DemoOptions): Promise<number> {
  const seams = realSeams();
  const stop = new AbortController();
  const interrupt = () => stop.abort(new Interrupted());
  for (const signal of STOP_SIGNALS) process.on(signal, interrupt);
  process.stdout.on("error", interrupt); // the pipe that reads it is gone
  const dataDir = mkdtempSync(join(tmpdir(), "lanehook-demo-"));
  const receivers = startReceivers(seams.clock);
  const upstreams = startUpstreams(seams);
  try {
    return await withHub({ options, seams, stop, receivers, upstreams, config: configFor(dataDir, options) });
  } catch (error) {
    return explain(error);
  } finally {
    await Promise.all([receivers, ...upstreams].map((each) => each.stop()));
    rmSync(dataDir, { recursive: true, force: true });
    for (const signal of STOP_SIGNALS) process.off(signal, interrupt);
  }
}

const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function explain(error: unknown): number {
  if (error instanceof Interrupted) return INTERRUPTED;
  if (!(error instanceof DemoFailure)) throw error;
  print("", `  ${paint("red", "not ok")}  ${error.message}`);
  return 1;
}

/** Of its own only: what the shell has set must not send the demo anywhere else. */
const configFor = (dataDir: string, { fast }: DemoOptions): Config =>
  readConfig({
    DATA_DIR: dataDir,
    HOST: "127.0.0.1",
    PORT: "0",
    ALLOW_TARGETS: "127.0.0.0/8",
    RETRY_DELAYS: fast ? "0,0.3,1" : "0,5,30",
    LOG_LEVEL: "silent",
  });

interface Parts {
  options: DemoOptions;
  seams: Seams;
  stop: AbortController;
  receivers: Receivers;
  upstreams: readonly Upstream[];
  config: Config;
}

async function withHub(parts: Parts): Promise<number> {
  const errors: string[] = [];
  const app = await openApp({ config: parts.config, seams: parts.seams, log: errorsOnly(errors) });
  try {
    const { port } = await app.start();
    const origin = `http://127.0.0.1:${port}`;
    const evidence = await playOnScreen(parts, app, origin);
    const { webhooks } = parts.receivers;
    const seen = { ...evidence, webhooks, retryDelaysMs: parts.config.retryDelaysMs, errors };
    const checks = checkAll(seen);
    print("", ...summaryLines(seen), "", ...checkLines(checks), "", ...invitation(origin, parts.options));
    if (!parts.options.once) await aborted(parts.stop.signal);
    return checks.every(({ isOk }) => isOk) ? 0 : 1;
  } finally {
    if (parts.stop.signal.reason instanceof Interrupted) print("", "  Stopping; the folder goes too.");
    await app.stop();
  }
}

/** Its lines would tear the table apart: errors are kept for the checks, the rest is not needed. */
const errorsOnly = (errors: string[]): Log => ({
  debug() {},
  info() {},
  warn() {},
  error: (fact, fields) => void errors.push(`${fact} ${JSON.stringify(fields ?? {})}`),
});

type BothActs = Evidence & Pick<Seen, "connected">;

async function playOnScreen(parts: Parts, app: App, origin: string): Promise<BothActs> {
  const { options, receivers, upstreams, stop, seams } = parts;
  const { clock } = seams;
  if (app.newPublishKey === null) throw new DemoFailure("the hub made no publish key");
  const progress = { ...NOTHING_YET };
  const title = `lanehook demo · the hub listens on ${origin}`;
  const screen = openScreen({ clock, title, progress, webhooks: receivers.webhooks });
  const cancelDeadline = armDeadline(parts, screen);
  try {
    const stage: Stage = {
      hub: openHubClient({ origin, fetch: seams.fetch, signal: stop.signal }),
      publishKey: app.newPublishKey,
      receivers,
      clock,
      signal: stop.signal,
      progress,
      say: screen.say,
      paceMs: options.fast ? 0 : PACE_MS,
    };
    return { ...(await play(stage)), connected: await playUpstreams(stage, upstreams) };
  } finally {
    cancelDeadline();
    screen.close();
  }
}

const NOTHING_YET: Progress = {
  events: 0,
  published: 0,
  deliveries: 0,
  delivered: 0,
  dead: 0,
  nextAttemptAt: null,
};

function armDeadline({ options, seams, stop }: Parts, screen: Screen): () => void {
  const limitMs = options.fast ? DEADLINE_MS.fast : DEADLINE_MS.real;
  return seams.clock.setTimer(limitMs, () =>
    stop.abort(new DemoFailure(`it did not end within ${limitMs / 1000} s; it was at: ${screen.step}`)),
  );
}

function invitation(origin: string, { once }: DemoOptions): string[] {
  const { email, password } = acme;
  return [
    `  Swagger UI  ${paint("cyan", `${origin}/docs`)}`,
    `  log in      POST ${origin}/api/auth/login`,
    `              ${JSON.stringify({ email, password })}`,
    once
      ? "  The hub stops now; without --once it stays up."
      : "  Ctrl-C stops the hub and removes its folder.",
  ];
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve());
  });
