import { chanceFrom } from "./chance.ts";
import { type Claim, judge } from "./claims.ts";
import { Publisher } from "./publisher.ts";
import {
  errorsIn,
  givenCustomer,
  hubAccount,
  pendingIn,
  scratchFolder,
  startHub,
  startReceiver,
  until,
} from "./world.ts";

/** How much of what the receivers are sent goes wrong. */
const WRONGS = 0.25;

/** Publishers at the same time, and customers that each get every event. */
const PUBLISHERS = 4;
const CUSTOMERS = 3;

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
    const publishing = Array.from({ length: PUBLISHERS }, () => publisher.publishOn());
    const killedAt: number[] = [];
    for (let n = 0; n < kills; n++) {
      await Bun.sleep(chance.between(20, 700));
      killedAt.push(Date.now());
      await hub.kill();
      publisher.aim(null);
      hub = await startHub(place);
      publisher.aim(hub.api);
    }
    publisher.stop();
    await Promise.all(publishing);
    await receiver.expect(secrets, 0);
    await until(() => pendingIn(folder.path) === 0, 120_000, "nothing is pending");
    await hub.stop();
    const errors = errorsIn(logs.path);
    return [
      ...judge({
        publisher,
        ledger: await receiver.ledger(),
        account: hubAccount(folder.path),
        subscriptions: CUSTOMERS,
        kills: killedAt,
      }),
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
