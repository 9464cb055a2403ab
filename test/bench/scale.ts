import { type SeededDeliveries, seedDeliveries } from "../support/seeded-deliveries.ts";
import { median, note, percentile } from "./figures.ts";
import { latencyOf } from "./latency.ts";
import { type Program, scratchFolder, startHub } from "./program.ts";
import { type Seeded, seedCustomers } from "./seed.ts";
import { type Bench, deliveredPerSecond } from "./speed.ts";

/** A load on a hub that knows much, or little. */
interface Measured {
  name: string;
  hub: Program;
  auctionIds: string[];
  delivered: number[];
  p99: number[];
}

/** Whether an event's work grows with what the hub knows: the same load on a small hub and on large ones, in turn. */
export async function measureScale(bench: Bench): Promise<void> {
  using folders = new DisposableStack();
  await using hubs = new AsyncDisposableStack();
  const start = async (customers: Seeded[], seeded?: SeededDeliveries) => {
    const { path } = folders.use(scratchFolder());
    await seedCustomers(path, customers);
    if (seeded) seedDeliveries(path, seeded);
    return hubs.use(await startHub(path));
  };
  const measured = (name: string, hub: Program, auctionIds = ["a0"]): Measured => {
    return { name, hub, auctionIds, delivered: [], p99: [] };
  };

  const one: Seeded = { url: bench.receiver.url };
  const much = bench.isQuick
    ? { customers: 1000, stored: 200_000, waiting: 50_000 }
    : { customers: 10_000, stored: 5_000_000, waiting: 1_000_000 };
  const small = measured("", await start([one]));
  const populous = await start(Array.from({ length: much.customers }, () => one));
  const stored = { count: much.stored, customer: 0, status: "success", size: 256 } as const;
  const waiting = { count: much.waiting, customer: 1, status: "pending", size: 256 } as const;
  const named = (count: number, what: string) => `${count.toLocaleString("en")} ${what}`;
  const everyAuction = Array.from({ length: much.customers }, (_, n) => `a${n}`);
  const large = [
    measured(named(much.customers, "customers, events for one"), populous),
    measured(named(much.customers, "customers, events for all in turn"), populous, everyAuction),
    measured(named(much.stored, "stored events"), await start([one], stored)),
    measured(
      named(much.waiting, "pending of a paused one"),
      await start([one, { ...one, isPaused: true }], waiting),
    ),
  ];
  await measureInTurn(bench, [small, ...large]);
  for (const each of large) tell(each, small);
}

async function measureInTurn(bench: Bench, all: readonly Measured[]): Promise<void> {
  const events = bench.isQuick ? 4000 : 15_000;
  const steady = bench.isQuick ? 1000 : 1500;
  for (const { hub, auctionIds } of all) {
    await deliveredPerSecond(bench, { port: hub.port, events, auctionIds }); // warm
  }
  for (let n = 0; n < (bench.isQuick ? 1 : 5); n++) {
    for (const { hub, auctionIds, delivered, p99 } of all) {
      delivered.push(await deliveredPerSecond(bench, { port: hub.port, events, auctionIds }));
      const load = { port: hub.port, rate: 500, events: steady, auctionIds, expected: steady };
      p99.push(percentile((await latencyOf(bench, load)).firstByteMs, 0.99));
    }
  }
}

function tell({ name, delivered, p99 }: Measured, small: Measured): void {
  note({
    figure: `delivered/s, ${name}`,
    unit: "/s",
    value: median(delivered),
    against: median(small.delivered),
    goal: "about 1",
  });
  note({
    figure: `accept to first byte at 500/s, p99, ${name}`,
    unit: "ms",
    value: median(p99),
    against: median(small.p99),
    goal: "about 1",
  });
}
