import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chanceFrom } from "./chance.ts";
import { type Claim, judge } from "./claims.ts";
import { Publisher } from "./publisher.ts";
import {
  givenCustomer,
  type HubPlace,
  hubAccount,
  MAIN,
  pendingIn,
  scratchFolder,
  startHub,
  startReceiver,
  until,
} from "./world.ts";

/** Where Debian keeps what can set the clock of a single process, any executable's. */
const LIBFAKETIME = `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/faketime/libfaketime.so.1`;

const HOUR_S = 3600;

/** How much of what the receivers are sent goes wrong, so that retries wait while the clock is set. */
const WRONGS = 0.3;

/** Every wait of the hub under torture is shorter than this, ms: none may last an hour. */
const SOON_MS = 30_000;

/** Sets the hub's clock an hour back and forth while events stream in, at times with a kill: no wait may change. */
export async function setClock({ seed, jumps }: { seed: number; jumps: number }): Promise<Claim[]> {
  const chance = chanceFrom(seed);
  using folder = scratchFolder();
  using logs = scratchFolder();
  await using receiver = await startReceiver(seed);
  const clock = settableClock(logs.path);
  const place: HubPlace = { dataDir: folder.path, logs: logs.path, ...clock.place };
  let hub = await startHub(place);
  try {
    const { signingSecret } = await givenCustomer(hub, "dealer", { webhookUrl: receiver.url("/0") });
    await receiver.expect({ "/0": signingSecret }, WRONGS);
    const publisher = new Publisher(chance.branch());
    publisher.aim(hub.api);
    const publishing = publisher.publishOn(5);
    let kills = 0;
    for (let n = 0; n < jumps; n++) {
      await Bun.sleep(chance.between(300, 1500));
      clock.set(n % 2 === 0 ? chance.between(-1, 1) * HOUR_S : 0);
      if (!chance.happens(0.4)) continue;
      await hub.kill();
      kills += 1;
      hub = await startHub(place);
      publisher.aim(hub.api);
    }
    clock.set(-HOUR_S);
    await Bun.sleep(1000);
    publisher.stop();
    await publishing;
    await receiver.expect({ "/0": signingSecret }, 0);
    const stoppedAt = performance.now();
    await until(() => pendingIn(folder.path) === 0, SOON_MS, "nothing is pending");
    const tookMs = performance.now() - stoppedAt;
    await hub.stop();
    const account = hubAccount(folder.path);
    return [
      {
        claim: "set an hour back and forth, the clock makes nothing wait",
        holds: true,
        found: `${jumps + 1} jumps, made by ${clock.by}; all is settled ${Math.round(tookMs)} ms after the last event`,
      },
      ...judge({ publisher, ledger: await receiver.ledger(), account, subscriptions: 1, kills }),
    ];
  } finally {
    await hub.kill();
  }
}

/** A clock for one process that can be set: of the executable where the system has libfaketime, else of the sources. */
function settableClock(folder: string): { by: string; place: Partial<HubPlace>; set(seconds: number): void } {
  const file = join(folder, "clock");
  const set = (seconds: number) => {
    writeFileSync(`${file}.new`, `${seconds < 0 ? "" : "+"}${seconds}s`);
    renameSync(`${file}.new`, file); // nobody may read half of it
  };
  set(0);
  if (!existsSync(LIBFAKETIME)) {
    const command = [process.execPath, "--preload", join(import.meta.dir, "set-clock.ts"), MAIN];
    return { by: "a replaced Date.now", place: { command, env: { CLOCK_OFFSET_FILE: file } }, set };
  }
  const env = {
    LD_PRELOAD: LIBFAKETIME,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
  return { by: "libfaketime", place: { env }, set };
}
