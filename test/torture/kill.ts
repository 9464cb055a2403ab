import { type Chance, chanceFrom } from "./chance.ts";
import { type Claim, judge } from "./claims.ts";
import { Publisher } from "./publisher.ts";
import {
  errorsIn,
  givenCustomer,
  type Hub,
  type HubPlace,
  hubAccount,
  pendingIn,
  scratchFolder,
  spawnHub,
  startHub,
  startReceiver,
  until,
} from "./world.ts";

/** How much of what the receivers are sent goes wrong. */
const WRONGS = 0.15;

/** Customers that each get every event, and publishers at the same time, each with a pause after a request, ms. */
const CUSTOMERS = 6;
const PUBLISHERS = 3;
const PAUSE_MS = 25;

/** How long receivers go on misbehaving when the kills are over, ms: what they refuse meanwhile is a dead letter. */
const AFTERWARDS_MS = 8000;

/** Kills the hub at random moments while events stream in and receivers misbehave, and holds the ledgers together. */
export async function killAgainAndAgain({ seed, kills }: { seed: number; kills: number }): Promise<Claim[]> {
  const chance = chanceFrom(seed);
  using folder = scratchFolder();
  using logs = scratchFolder();
  await using receiver = await startReceiver(seed);
  const place = { dataDir: folder.path, logs: logs.path };
  let hub = await startHub(place);
  try {
    const secrets: Record<string, string> = {};
    for (let n = 0; n < CUSTOMERS; n++) {
      const subscription = { webhookUrl: receiver.url(`/${n}`) };
      secrets[`/${n}`] = (await givenCustomer(hub, `dealer${n}`, subscription)).signingSecret;
    }
    await receiver.expect(secrets, WRONGS);

    const publisher = new Publisher(chance.branch());
    publisher.aim(hub.api);
    const publishing = Promise.all(Array.from({ length: PUBLISHERS }, () => publisher.publishOn(PAUSE_MS)));
    let killed = 0;
    while (killed < kills) {
      await Bun.sleep(chance.between(20, 1200));
      killed += await killNow(hub, place, chance);
      hub = await startHub(place);
      publisher.aim(hub.api);
    }
    publisher.stop();
    await publishing;
    await Bun.sleep(AFTERWARDS_MS);
    await receiver.expect(secrets, 0);
    await until(() => pendingIn(folder.path) === 0, 120_000, "nothing is pending");
    await hub.stop();
    const errors = errorsIn(logs.path);
    const account = hubAccount(folder.path);
    const ledger = await receiver.ledger();
    return [
      ...judge({ publisher, ledger, account, subscriptions: CUSTOMERS, kills: killed }),
      {
        claim: "no kill makes the hub log an error",
        holds: Object.keys(errors).length === 0,
        found: JSON.stringify(errors),
      },
    ];
  } finally {
    await hub.kill();
  }
}

/** Kills a hub at its work, while it stops, or again while it starts; how often. */
async function killNow(hub: Hub, place: HubPlace, chance: Chance): Promise<number> {
  if (chance.happens(0.2)) {
    hub.askToStop();
    await Bun.sleep(chance.between(0, 60));
  }
  await hub.kill();
  let killed = 1;
  for (; chance.happens(0.2); killed++) {
    const { child } = spawnHub(place);
    await Bun.sleep(chance.between(0, 250));
    child.kill("SIGKILL");
    await child.exited;
  }
  return killed;
}
