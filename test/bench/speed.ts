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

interface Round {
  acceptedPerSecond: number;
  deliveredPerSecond: number;
  cpuMsPerEvent: number;
  acceptMs: number[];
}

/** Accepted and delivered a second, and CPU, of the hub and of the bare program in turn. */
export async function measureThroughput(bench: Bench): Promise<void> {
  const cases = [
    { name: "1 KiB, one subscription", size: 1024, fanOut: 1, events: 30_000, goal: "≥ 0.8" },
    { name: "1 KiB, ten subscriptions", size: 1024, fanOut: 10, events: 4_000 },
    { name: "20 KiB, one subscription", size: 20 * 1024, fanOut: 1, events: 6_000 },
  ];
  for (const { name, goal, ...load } of cases) {
    const { hub, bare, memoryMiB } = await alternate(bench, load);
    const of = (rounds: Round[], what: (round: Round) => number) => median(rounds.map(what));
    const pair = (what: (round: Round) => number) => ({ value: of(hub, what), against: of(bare, what) });
    note({
      figure: `delivered/s, ${name}`,
      unit: "/s",
      ...pair((r) => r.deliveredPerSecond),
      ...(goal && { goal }),
    });
    note({ figure: `accepted/s, ${name}`, unit: "/s", ...pair((r) => r.acceptedPerSecond) });
    note({ figure: `CPU per event, ${name}`, unit: "µs", ...pair((r) => r.cpuMsPerEvent * 1000) });
    note({
      figure: `accept p50, 64 connections, ${name}`,
      unit: "ms",
      ...pair((r) => percentile(r.acceptMs, 0.5)),
    });
    note({
      figure: `accept p99, 64 connections, ${name}`,
      unit: "ms",
      ...pair((r) => percentile(r.acceptMs, 0.99)),
    });
    note({ figure: `memory under load, ${name}`, unit: "MiB", value: memoryMiB });
  }
}

async function alternate(bench: Bench, load: { size: number; fanOut: number; events: number }) {
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
  for (const program of [hub, bare]) await measure(bench, program, { ...load, events: events / 4 }); // warm
  for (let n = 0; n < (bench.isQuick ? 2 : 5); n++) {
    rounds.hub.push(await measure(bench, hub, { ...load, events }));
    rounds.bare.push(await measure(bench, bare, { ...load, events }));
  }
  return { ...rounds, memoryMiB: hub.residentMiB() };
}

async function measure(
  { receiver, publisher }: Bench,
  program: Program,
  { size, fanOut, events }: { size: number; fanOut: number; events: number },
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

/** From the moment an event should be sent to the first byte of its webhook, at 500 events a second. */
export async function measureLatency(bench: Bench): Promise<void> {
  using folder = scratchFolder();
  using bareFolder = scratchFolder();
  await seedCustomers(folder.path, [{ url: bench.receiver.url }]);
  await using hub = await startHub(folder.path);
  await using bare = await startBare(bareFolder.path, [bench.receiver.url]);
  note({ figure: "memory idle", unit: "MiB", value: hub.residentMiB() });
  const rounds = { hub: [] as Latency[], bare: [] as Latency[] };
  await measureLatencyOf(bench, hub);
  await measureLatencyOf(bench, bare);
  for (let n = 0; n < (bench.isQuick ? 2 : 5); n++) {
    rounds.hub.push(await measureLatencyOf(bench, hub));
    rounds.bare.push(await measureLatencyOf(bench, bare));
  }
  const pair = (what: (latency: Latency) => number) => ({
    value: median(rounds.hub.map(what)),
    against: median(rounds.bare.map(what)),
  });
  const unit = "ms";
  note({ figure: "accept p50 at 500/s", unit, ...pair((l) => percentile(l.acceptMs, 0.5)) });
  note({ figure: "accept p99 at 500/s", unit, ...pair((l) => percentile(l.acceptMs, 0.99)) });
  note({ figure: "accept to first byte p50 at 500/s", unit, ...pair((l) => percentile(l.firstByteMs, 0.5)) });
  note({
    figure: "accept to first byte p99 at 500/s",
    unit,
    ...pair((l) => percentile(l.firstByteMs, 0.99)),
    goal: "≤ 1.5",
  });
}

interface Latency {
  acceptMs: number[];
  firstByteMs: number[];
}

async function measureLatencyOf(bench: Bench, { port }: Program): Promise<Latency> {
  const events = bench.isQuick ? 1500 : 5000;
  return await latencyOf(bench, { port, events, rate: 500, auctionIds: ["a0"] });
}

/** Publishes at a steady rate and tells how long each event took to its receiver's door. */
export async function latencyOf(
  { receiver, publisher }: Bench,
  load: { port: number; events: number; rate: number; auctionIds: string[] },
): Promise<Latency & { byNumber: Map<number, number> }> {
  await receiver.reset({ notes: true });
  const { sentAt, acceptMs } = await publisher.publish({ ...load, size: 1024 });
  await Bun.sleep(1000);
  const byNumber = new Map<number, number>();
  for (const [n, at] of await receiver.arrivals()) {
    const sent = sentAt[n];
    if (sent !== undefined) byNumber.set(n, at - sent);
  }
  return { acceptMs, firstByteMs: [...byNumber.values()], byNumber };
}
