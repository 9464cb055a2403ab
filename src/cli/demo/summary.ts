import type { Check, Seen } from "./checks.ts";
import { paint } from "./paint.ts";

/** What happened, in numbers, one a line. */
export function summaryLines({ events, deliveries, webhooks, replayed, connected }: Seen): string[] {
  const ended = (status: string) => deliveries.filter((delivery) => delivery.status === status).length;
  const retried = deliveries.filter(({ attempts }) => attempts > 1).length;
  const right = webhooks.filter(({ isSigned }) => isSigned).length;
  const rows: [string, number, string][] = [
    ["published", events.length, "events, every example of the catalog"],
    ["delivered", ended("success"), "deliveries accepted by their receivers"],
    ["retried", retried, "deliveries took more than one attempt"],
    ["dead", ended("failed"), "dead letter"],
    ["replayed", replayed.status === "success" ? 1 : 0, "dead letter, delivered by its replay"],
    ...connected.map((each): [string, number, string] => [
      each.kind,
      each.arrived,
      `events of a simulated ${each.title}`,
    ]),
    ["signatures verified", right, `of ${webhooks.length} webhooks, both families`],
  ];
  return rows.map(([name, count, what]) => `  ${name.padEnd(20)}${String(count).padStart(5)}  ${what}`);
}

/** A line for each check, and one for all. */
export function checkLines(checks: Check[]): string[] {
  const failed = checks.filter(({ isOk }) => !isOk);
  const verdict =
    failed.length === 0
      ? paint("green", `All ${checks.length} checks are ok.`)
      : paint(
          "red",
          `${failed.length} of ${checks.length} checks failed: ${failed.map(({ what }) => what).join("; ")}.`,
        );
  return [...checks.map(checkLine), "", `  ${verdict}`];
}

function checkLine({ what, isOk, detail }: Check): string {
  const mark = isOk ? paint("green", "ok    ") : paint("red", "not ok");
  return `  ${mark}  ${what} ${paint("dim", `(${detail})`)}`;
}
