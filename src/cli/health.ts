import type { Config } from "../config.ts";

/** A hub that does not answer within this is not healthy, in ms. */
const PATIENCE_MS = 5000;

/** Asks the hub on HOST and PORT how it is: 0 if it answers, else 1. */
export async function health({ host, port }: Pick<Config, "host" | "port">): Promise<0 | 1> {
  const url = `http://${addressToCall(host)}:${port}/api/health`;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS), proxy: false });
    const { status } = (await answer.json()) as { status?: unknown };
    return answer.ok && status === "ok" ? 0 : 1;
  } catch {
    process.stderr.write(`lanehook: no hub answers at ${url}\n`);
    return 1;
  }
}

/** A hub that listens everywhere is called on loopback. */
function addressToCall(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
