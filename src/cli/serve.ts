import { openApp } from "../app.ts";
import type { Config } from "../config.ts";
import { openLog } from "../log.ts";
import { inNetworks, parseNetworks } from "../networks.ts";
import { realSeams } from "../seams.ts";
import { VERSION } from "../version.ts";

/** Runs the hub until SIGTERM or SIGINT; then lets what is under way end. */
export async function serve(config: Config): Promise<void> {
  const log = openLog(config);
  const app = await openApp({ config, seams: realSeams(), log });
  const stopped = stopSignal();
  const { port } = await app.start().catch(async (error: unknown) => {
    await app.stop();
    throw error;
  });
  log.info("hub.started", { version: VERSION, host: config.host, port, dataDir: config.dataDir });
  if (isExposedToStrangers(config)) {
    log.warn("hub.exposed", {
      reason:
        "anyone who reaches this address can sign up and choose its auction ids; set AUCTION_IDS=operator or SIGNUP=closed",
    });
  }
  if (app.newPublishKey !== null) showOnTerminal(app.newPublishKey);
  log.info("hub.stopping", { signal: await stopped });
  await app.stop();
  log.info("hub.stopped");
}

const isExposedToStrangers = ({ host, signup, auctionIds }: Config) =>
  !isLoopback(host) && signup === "open" && auctionIds === "self";

const LOOPBACK = parseNetworks("127.0.0.0/8,::1");

const isLoopback = (host: string) => host === "localhost" || inNetworks(host, LOOPBACK);

/** A key is for a person's eyes: where the output is kept as a log, it is left out. */
function showOnTerminal(publishKey: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\nPublish key (kept in publish.key): ${publishKey}\n\n`);
}

function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve(signal));
  });
}
