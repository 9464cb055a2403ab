import { median, note, percentile } from "./figures.ts";
import { scratchFolder, startBare, startHub } from "./program.ts";
import { seedCustomers } from "./seed.ts";
import type { Bench } from "./speed.ts";

const RATE = 500;

/** How long each event took, by the same clock for all programs: from the moment its request was due to be sent. */
export interface Latency {
  /** To its 202, ms. */
  acceptMs: number[];
  /** To the receiver's door, ms; of those events only whose webhook came there. */
  firstByteMs: number[];
}

/** Accept and accept to first byte at 500 events a second, of the hub and of the bare program in turn. */
export async function measureLatency(bench: Bench): Promise<void> {
  using folder = scratchFolder();
  using bareFolder = scratchFolder();
  await seedCustomers(folder.path, [{ url: bench.receiver.url }]);
  await using hub = await startHub(folder.path);
  await using bare = await startBare(bareFolder.path, [bench.receiver.url]);
  note({ figure: "memory idle", unit: "MiB", value: hub.residentMiB(), against: bare.residentMiB() });
  const events = RATE * (bench.isQuick ? 3 : 10);
  const load = { events, rate: RATE, auctionIds: ["a0"], expected: events };
  const rounds = { hub: [] as Latency[], bare: [] as Latency[] };
  for (const { port } of [hub, bare]) await latencyOf(bench, { ...load, port }); // warm
  for (let n = 0; n < (bench.isQuick ? 1 : 5); n++) {
    rounds.hub.push(await latencyOf(bench, { ...load, port: hub.port }));
    rounds.bare.push(await latencyOf(bench, { ...load, port: bare.port }));
  }
  const tell = (name: string, what: (latency: Latency) => number[], share: number) => ({
    figure: `${name} at ${RATE}/s, p${share * 100}`,
    unit: "ms",
    value: median(rounds.hub.map((latency) => percentile(what(latency), share))),
    against: median(rounds.bare.map((latency) => percentile(what(latency), share))),
  });
  note(tell("accept", (l) => l.acceptMs, 0.5));
  note(tell("accept", (l) => l.acceptMs, 0.99));
  note(tell("accept to first byte", (l) => l.firstByteMs, 0.5));
  note({ ...tell("accept to first byte", (l) => l.firstByteMs, 0.99), goal: "≤ 1.5" });
}

/** Publishes evenly spaced and waits until `expected` of these events have come to the receiver. */
export async function latencyOf(
  { receiver, publisher }: Bench,
  load: { port: number; events: number; rate: number; auctionIds: string[]; expected: number },
): Promise<Latency> {
  await receiver.reset({ notes: true });
  const { expected, ...call } = load;
  const { sentAt, acceptMs } = await publisher.publish(call);
  await receiver.reached(expected);
  const firstByteMs = [...(await receiver.arrivals())].map(
    ([n, instant]) => instant - (sentAt[n] ?? Number.NaN),
  );
  return { acceptMs, firstByteMs };
}
