import { chanceFrom } from "./chance.ts";
import { type Claim, judge } from "./claims.ts";
import { Publisher } from "./publisher.ts";
import {
  call,
  givenCustomer,
  hubAccount,
  pendingIn,
  scratchFolder,
  startHub,
  startReceiver,
  until,
} from "./world.ts";

/** How long the receiver fails, ms. */
const OUTAGE_MS = 120_000;

/** A publisher of ten requests a second, so that the outage buries a few thousand. */
const PUBLISH_EVERY_MS = 100;

/** Probes wait half a minute, then one, two and four; then the rest is brought up in steps. */
const RECOVERED_WITHIN_MS = 600_000;

/** A receiver fails for two minutes and comes back: one customer recovers by itself, one with a single call. */
export async function endureOutage({ seed }: { seed: number }): Promise<Claim[]> {
  using folder = scratchFolder();
  using logs = scratchFolder();
  await using receiver = await startReceiver(seed);
  const hub = await startHub({ dataDir: folder.path, logs: logs.path });
  try {
    const recovery = "automatic";
    const automatic = await givenCustomer(hub, "automatic", { webhookUrl: receiver.url("/0"), recovery });
    const manual = await givenCustomer(hub, "manual", { webhookUrl: receiver.url("/1") });
    const secrets = { "/0": automatic.signingSecret, "/1": manual.signingSecret };
    await receiver.expect(secrets, 0);
    const publisher = new Publisher(chanceFrom(seed), { least: 10, most: 200 });
    publisher.aim(hub.api);
    const publishing = publisher.publishOn(PUBLISH_EVERY_MS);
    await Bun.sleep(2000);
    await receiver.expect(secrets, -1);
    await Bun.sleep(OUTAGE_MS);
    await receiver.expect(secrets, 0);
    const backAt = Date.now();
    await Bun.sleep(3000); // new events while it is back, and the last ones of the outage are buried
    const { queued } = await call(hub, "POST", "/deliveries/dlq/replay", { auth: manual.token });
    publisher.stop();
    await publishing;
    const unreplayed = async () =>
      (await call(hub, "GET", "/deliveries/dlq?limit=200", { auth: automatic.token })).entries.filter(
        ({ replayedAt }: { replayedAt: string | null }) => replayedAt === null,
      ).length;
    const isOver = async () => (await unreplayed()) === 0 && pendingIn(folder.path) === 0;
    await until(isOver, RECOVERED_WITHIN_MS, "everything is delivered");
    const recoveredMs = Date.now() - backAt;
    await hub.stop();
    const account = hubAccount(folder.path);
    const delivered = new Set(
      account.deliveries
        .filter(({ status }) => status === "success")
        .map(({ eventId, subscriptionId }) => `${eventId} ${subscriptionId}`),
    );
    const due = publisher.accepted.size * Object.keys(secrets).length;
    return [
      {
        claim: "after an outage every event is delivered, by itself and by one replay",
        holds: delivered.size === due && queued > 0,
        found: `${delivered.size} of ${due}; ${queued} replayed by hand; all within ${Math.round(recoveredMs / 1000)} s after the receiver was back`,
      },
      ...judge({ publisher, ledger: await receiver.ledger(), account, subscriptions: 2, kills: 0 }),
    ];
  } finally {
    await hub.kill();
  }
}
