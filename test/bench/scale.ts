import { median, note, percentile } from "./figures.ts";
import { type Program, scratchFolder, startHub } from "./program.ts";
import { seedCustomers, seedDeliveries } from "./seed.ts";
import { type Bench, latencyOf } from "./speed.ts";

/** Whether an event's work grows with what the hub knows: the same load on a small hub and on large ones, in turn. */
export async function measureScale(bench: Bench): Promise<void> {
  const { url } = bench.receiver;
  using folders = new DisposableStack();
  await using hubs = new AsyncDisposableStack();
  const start = async (name: string, { customers, stored }: { customers: number; stored: number }) => {
    const folder = folders.use(scratchFolder());
    await seedCustomers(
      folder.path,
      Array.from({ length: customers }, () => ({ url })),
    );
    seedDeliveries(folder.path, stored, "success");
    return {
      name,
      hub: hubs.use(await startHub(folder.path)),
      delivered: [] as number[],
      p99: [] as number[],
    };
  };
  const many = bench.isQuick
    ? { customers: 1000, stored: 200_000 }
    : { customers: 10_000, stored: 5_000_000 };
  const small = await start("small", { customers: 1, stored: 0 });
  const large = [
    await start(`${many.customers} customers and subscriptions`, { customers: many.customers, stored: 0 }),
    await start(`${many.stored} stored events`, { customers: 1, stored: many.stored }),
  ];
  for (const { hub } of [small, ...large]) await throughput(bench, hub);
  for (let n = 0; n < (bench.isQuick ? 1 : 5); n++) {
    for (const state of [small, ...large]) {
      state.delivered.push(await throughput(bench, state.hub));
      const load = {
        port: state.hub.port,
        rate: 500,
        events: bench.isQuick ? 1000 : 3000,
        auctionIds: ["a0"],
      };
      state.p99.push(percentile((await latencyOf(bench, load)).firstByteMs, 0.99));
    }
  }
  for (const { name, delivered, p99 } of large) {
    note({
      figure: `delivered/s, ${name}, against none`,
      unit: "/s",
      value: median(delivered),
      against: median(small.delivered),
      goal: "about 1",
    });
    note({
      figure: `accept to first byte p99 at 500/s, ${name}, against none`,
      unit: "ms",
      value: median(p99),
      against: median(small.p99),
      goal: "about 1",
    });
  }
}

async function throughput({ publisher, receiver, isQuick }: Bench, { port }: Program): Promise<number> {
  const events = isQuick ? 4000 : 20_000;
  await receiver.reset();
  const { startedAt } = await publisher.publish({ port, events });
  const { at } = await receiver.reached(events);
  return (events * 1000) / (at - startedAt);
}
