import { seedDeliveries } from "../support/seeded-deliveries.ts";
import { note, percentile } from "./figures.ts";
import { latencyOf } from "./latency.ts";
import { scratchFolder, startHub } from "./program.ts";
import { countPending, seedCustomers } from "./seed.ts";
import type { Bench } from "./speed.ts";

/** Single events of one customer, a second. */
const RATE = 5;

/** How long a customer's single events wait while another's million due deliveries drain, and without those. */
export async function measureSharing(bench: Bench): Promise<void> {
  using folder = scratchFolder();
  await seedCustomers(folder.path, [{ url: bench.receiver.url }, { url: bench.receiver.url }]);
  const count = bench.isQuick ? 100_000 : 1_000_000;
  const alone = await singles(bench, folder.path);
  seedDeliveries(folder.path, { count, customer: 0, status: "pending", size: 1024 });
  const beside = await singles(bench, folder.path);
  if (countPending(folder.path) === 0)
    throw new Error("the backlog had drained before the last single event");
  const tell = (name: string, share: number) => ({
    figure: `a single event's accept to first byte beside ${count.toLocaleString("en")} due, ${name}`,
    unit: "ms",
    value: percentile(beside.firstByteMs, share),
    against: percentile(alone.firstByteMs, share),
  });
  note(tell("p50", 0.5));
  note(tell("p99", 0.99));
  note({ ...tell("max", 1), goal: "≤ 100 ms" });
}

async function singles(bench: Bench, dataDir: string) {
  await using hub = await startHub(dataDir);
  const events = RATE * (bench.isQuick ? 5 : 40);
  const load = { port: hub.port, rate: RATE, events, auctionIds: ["a1"], expected: events };
  const latency = await latencyOf(bench, load);
  await hub.stop();
  return latency;
}
