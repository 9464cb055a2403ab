import { stripVTControlCharacters } from "node:util";
import type { Clock } from "../../seams.ts";
import { receiverNames } from "./cast.ts";
import { paint } from "./paint.ts";
import type { Webhook } from "./receivers.ts";
import type { Progress } from "./story.ts";

/** Where a person watches the demo. */
export interface Screen {
  /** Says what happens now. */
  say(step: string): void;
  /** What was said last. */
  readonly step: string;
  /** Draws a last time; from then on lines are only added. */
  close(): void;
}

/** Between two drawings, in ms. */
const FRAME_MS = 80;

const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
/** Clears what an earlier drawing left on the line. */
const NEW_LINE = "\x1b[K\n";
const CLEAR_BELOW = "\x1b[J";

/** Writes lines to standard output. */
export const print = (...lines: string[]): void => {
  process.stdout.write(`${lines.join("\n")}\n`);
};

/** A table that redraws on a terminal; elsewhere a line for each step. */
export function openScreen(parts: {
  clock: Clock;
  title: string;
  progress: Progress;
  webhooks: readonly Webhook[];
}): Screen {
  return process.stdout.isTTY ? openTable(parts) : openLines(parts);
}

function openLines({ clock, title }: { clock: Clock; title: string }): Screen {
  const startedAt = clock.monotonic();
  let step = "";
  print(title);
  return {
    say(text) {
      step = text;
      print(`${elapsed(clock, startedAt)}  ${text}`);
    },
    get step() {
      return step;
    },
    close: () => print(`${elapsed(clock, startedAt)}  done`),
  };
}

function openTable(parts: Parameters<typeof openScreen>[0]): Screen {
  const { clock } = parts;
  const startedAt = clock.monotonic();
  let step = "";
  let drawn = 0;
  let cancel = () => {};

  const draw = (shownStep: string) => {
    const columns = process.stdout.columns || 80;
    const lines = frame(parts, shownStep, elapsed(clock, startedAt)).map((line) => fit(line, columns));
    const up = drawn > 0 ? `\x1b[${drawn}A` : "";
    drawn = lines.length;
    process.stdout.write(`${up}\r${lines.join(NEW_LINE)}${NEW_LINE}${CLEAR_BELOW}`);
  };
  const redraw = () => {
    draw(step);
    cancel = clock.setTimer(FRAME_MS, redraw);
  };

  process.stdout.write(HIDE_CURSOR);
  redraw();
  return {
    say: (text) => {
      step = text;
    },
    get step() {
      return step;
    },
    close() {
      cancel();
      draw("");
      process.stdout.write(SHOW_CURSOR);
    },
  };
}

function frame(
  { clock, title, progress, webhooks }: Parameters<typeof openScreen>[0],
  step: string,
  time: string,
): string[] {
  const { events, published, deliveries, delivered, dead, nextAttemptAt } = progress;
  const waitMs = nextAttemptAt === null ? 0 : Date.parse(nextAttemptAt) - clock.now();
  const wait = waitMs > 1000 ? paint("dim", ` · next attempt in ${Math.round(waitMs / 1000)} s`) : "";
  return [
    "",
    `  ${paint("bold", title)}  ${paint("dim", time.trim())}`,
    "",
    `  published  ${bar(published, events)}  ${published} of ${events} events`,
    `  delivered  ${bar(delivered, deliveries)}  ${delivered} of ${deliveries} deliveries${dead > 0 ? `, ${dead} dead` : ""}`,
    "",
    paint("dim", row(["receiver", "webhooks", "accepted", "refused", "signed"])),
    ...receiverNames.map((name) =>
      receiverRow(
        name,
        webhooks.filter(({ receiver }) => receiver === name),
      ),
    ),
    ...(step === "" ? [] : ["", `  ${paint("cyan", "›")} ${step}${wait}`]),
  ];
}

function receiverRow(name: string, webhooks: Webhook[]): string {
  const accepted = webhooks.filter(({ status }) => status === 200).length;
  const right = webhooks.filter(({ isSigned }) => isSigned).length;
  return row([name, webhooks.length, accepted, webhooks.length - accepted, right]);
}

const row = ([name, ...numbers]: (string | number)[]) =>
  `  ${String(name).padEnd(18)}${numbers.map((each) => String(each).padStart(10)).join("")}`;

const BAR_WIDTH = 30;

function bar(part: number, whole: number): string {
  const filled = whole === 0 ? 0 : Math.floor((BAR_WIDTH * Math.min(part, whole)) / whole);
  return paint("green", "█".repeat(filled)) + paint("dim", "░".repeat(BAR_WIDTH - filled));
}

/** A line that wrapped would put the next drawing in the wrong place. */
function fit(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length < columns ? line : plain.slice(0, columns - 1);
}

const elapsed = (clock: Clock, startedAt: number) =>
  `${((clock.monotonic() - startedAt) / 1000).toFixed(1).padStart(5)} s`;
