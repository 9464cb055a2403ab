import { median, note, percentile } from "./figures.ts";
import type { Publisher, Receiver } from "./processes.ts";
import { type Program, scratchFolder, startBare, startHub } from "./program.ts";
import { seedCustomers } from "./seed.ts";

/** What every measurement works with. */
export interface Bench {
  receiver: Receiver;
  publisher: Publisher;
  /** Shorter, for trying; its figures are not to be quoted. */
  isQuick: boolean;
}

/** A load that is sent as fast as it is accepted. */
interface Load {
  /** Bytes of a payload. */
  size: number;
  /** Subscriptions that get each event. */
  fanOut: number;
  events: number;
}

interface Round {
  acceptedPerSecond: number;
  deliveredPerSecond: number;
  cpuMsPerEvent: number;
  acceptMs: number[];
}

const CASES = [
  { name: "1 KiB, one subscription", size: 1024, fanOut: 1, events: 30_000, goal: "≥ 0.8" },
  { name: "1 KiB, ten subscriptions", size: 1024, fanOut: 10, events: 5_000 },
  { name: "20 KiB, one subscription", size: 20 * 1024, fanOut: 1, events: 8_000 },
];

/** Accepted and delivered a second, CPU and memory, of the hub and of the bare program in turn. */
export async function measureThroughput(bench: Bench): Promise<void> {
  for (const { name, goal, ...load } of CASES) {
    const { hub, bare, memoryMiB } = await alternate(bench, load);
    const tell = (figure: string, unit: string, what: (round: Round) => number) => ({
      figure: `${figure}, ${name}`,
      unit,
      value: median(hub.map(what)),
      against: median(bare.map(what)),
    });
    note({ ...tell("delivered/s", "/s", (r) => r.deliveredPerSecond), ...(goal && { goal }) });
    note(tell("accepted/s", "/s", (r) => r.acceptedPerSecond));
    note(tell("CPU per event", "µs", (r) => r.cpuMsPerEvent * 1000));
    note(tell("accept p50 at full load", "ms", (r) => percentile(r.acceptMs, 0.5)));
    note(tell("accept p99 at full load", "ms", (r) => percentile(r.acceptMs, 0.99)));
    note({
      figure: `memory at full load, peak, ${name}`,
      unit: "MiB",
      value: memoryMiB.hub,
      against: memoryMiB.bare,
    });
  }
}

async function alternate(bench: Bench, load: Load) {
  using folder = scratchFolder();
  using bareFolder = scratchFolder();
  const targets = Array.from({ length: load.fanOut }, () => bench.receiver.url);
  await seedCustomers(
    folder.path,
    targets.map((url) => ({ url, auctionId: "a0" })),
  );
  await using hub = await startHub(folder.path);
  await using bare = await startBare(bareFolder.path, targets);
  const rounds = { hub: [] as Round[], bare: [] as Round[] };
  const events = bench.isQuick ? load.events / 4 : load.events;
  for (const program of [hub, bare]) await measure(bench, program, { ...load, events: events / 2 }); // warm
  for (let n = 0; n < (bench.isQuick ? 2 : 5); n++) {
    rounds.hub.push(await measure(bench, hub, { ...load, events }));
    rounds.bare.push(await measure(bench, bare, { ...load, events }));
  }
  return { ...rounds, memoryMiB: { hub: hub.peakMiB(), bare: bare.peakMiB() } };
}

async function measure(
  { receiver, publisher }: Bench,
  program: Program,
  { size, fanOut, events }: Load,
): Promise<Round> {
  await receiver.reset();
  const cpuBefore = program.cpuMs();
  const { startedAt, endedAt, acceptMs } = await publisher.publish({ port: program.port, events, size });
  const { at } = await receiver.reached(events * fanOut);
  await Bun.sleep(200); // the last outcomes are written
  return {
    acceptedPerSecond: (events * 1000) / (endedAt - startedAt),
    deliveredPerSecond: (events * fanOut * 1000) / (at - startedAt),
    cpuMsPerEvent: (program.cpuMs() - cpuBefore) / events,
    acceptMs,
  };
}

/** Delivers as many events as fast as the hub can, and tells how many a second that were. */
export async function deliveredPerSecond(
  bench: Bench,
  load: { port: number; events: number; auctionIds: string[] },
): Promise<number> {
  await bench.receiver.reset();
  const { startedAt } = await bench.publisher.publish(load);
  const { at } = await bench.receiver.reached(load.events);
  return (load.events * 1000) / (at - startedAt);
}
