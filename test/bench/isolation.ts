import { note, percentile } from "./figures.ts";
import { startHostile } from "./processes.ts";
import { type Program, scratchFolder, startHub } from "./program.ts";
import { seedCustomers, seedDeliveries } from "./seed.ts";
import { type Bench, latencyOf } from "./speed.ts";

const SUBSCRIPTIONS = 100;
const RATE = 300;

/** Each state is measured this often, in turn with the others. */
const ROUNDS = 3;

/** How long healthy receivers wait while others refuse, hang, drip and flood, against how long without those. */
export async function measureIsolation(bench: Bench): Promise<void> {
  const { url } = bench.receiver;
  await using hostile = await startHostile();
  const healthy = Array.from({ length: SUBSCRIPTIONS }, () => url);
  const fourBad = [hostile.refuses, hostile.hangs, hostile.drips, hostile.floods, ...healthy].slice(
    0,
    SUBSCRIPTIONS,
  );
  const sixtyHang = healthy.map((target, n) => (n < 60 ? hostile.hangs : target));

  using foldersOfAll = new DisposableStack();
  await using hubs = new AsyncDisposableStack();
  const start = async (urls: string[]) => {
    const folder = foldersOfAll.use(scratchFolder());
    await seedCustomers(
      folder.path,
      urls.map((target) => ({ url: target })),
    );
    return { urls, hub: hubs.use(await startHub(folder.path)), firstByteMs: [] as number[] };
  };
  const quiet = await start(healthy);
  const four = await start(fourBad);
  const sixty = await start(sixtyHang);

  for (const state of [quiet, four, sixty]) await healthyLatency(bench, state); // warm, and the bad ones get known
  for (let n = 0; n < ROUNDS; n++) {
    for (const state of [quiet, four, sixty]) {
      state.firstByteMs.push(...(await healthyLatency(bench, state)));
    }
  }
  for (const [name, share] of [
    ["p50", 0.5],
    ["p99", 0.99],
  ] as const) {
    const against = percentile(quiet.firstByteMs, share);
    const goals = share === 0.99 ? ["≤ 1.5", "≤ 2"] : [];
    const figure = `healthy accept to first byte ${name} at ${RATE}/s`;
    const pairs = { unit: "ms", against };
    note({
      figure: `${figure}, 4 of 100 bad`,
      value: percentile(four.firstByteMs, share),
      ...pairs,
      ...goal(goals[0]),
    });
    note({
      figure: `${figure}, 60 hang`,
      value: percentile(sixty.firstByteMs, share),
      ...pairs,
      ...goal(goals[1]),
    });
  }
}

const goal = (text: string | undefined) => (text === undefined ? {} : { goal: text });

/** Events go to all subscriptions in turn; only those of healthy receivers are timed, and all of them must come. */
async function healthyLatency(
  bench: Bench,
  { hub, urls }: { hub: Program; urls: string[] },
): Promise<number[]> {
  const events = RATE * (bench.isQuick ? 4 : 15);
  const auctionIds = urls.map((_, n) => `a${n}`);
  const { firstByteMs } = await latencyOf(bench, { port: hub.port, events, rate: RATE, auctionIds });
  const expected = Array.from({ length: events }, (_, n) => urls[n % urls.length]).filter(
    (url) => url === bench.receiver.url,
  ).length;
  if (firstByteMs.length !== expected)
    throw new Error(`${expected - firstByteMs.length} webhooks are missing`);
  return firstByteMs;
}

/** How long another customer's single events wait while one customer's million drains. */
export async function measureSharing(bench: Bench): Promise<void> {
  using folder = scratchFolder();
  await seedCustomers(folder.path, [{ url: bench.receiver.url }, { url: bench.receiver.url }]);
  const single = { rate: 5, events: bench.isQuick ? 25 : 150, auctionIds: ["a1"] };
  {
    await using hub = await startHub(folder.path);
    const { firstByteMs } = await latencyOf(bench, { port: hub.port, ...single });
    note({
      figure: "a single event's accept to first byte, no backlog, max",
      unit: "ms",
      value: Math.max(...firstByteMs),
    });
  }
  seedDeliveries(folder.path, bench.isQuick ? 100_000 : 1_000_000, "pending");
  await using hub = await startHub(folder.path);
  const { firstByteMs } = await latencyOf(bench, { port: hub.port, ...single });
  if (firstByteMs.length !== single.events) throw new Error("a single event did not come");
  const figure = "a single event's accept to first byte, another's million due";
  note({ figure: `${figure}, p50`, unit: "ms", value: percentile(firstByteMs, 0.5) });
  note({ figure: `${figure}, p99`, unit: "ms", value: percentile(firstByteMs, 0.99), goal: "≤ 100 ms" });
  note({ figure: `${figure}, max`, unit: "ms", value: Math.max(...firstByteMs) });
}
