import { note, percentile } from "./figures.ts";
import { latencyOf } from "./latency.ts";
import { startHostile } from "./processes.ts";
import { type Program, scratchFolder, startHub } from "./program.ts";
import { seedCustomers } from "./seed.ts";
import type { Bench } from "./speed.ts";

/** As many customers, each with one subscription. */
const SUBSCRIPTIONS = 100;

/** Events a second; each goes to one subscription, in turn. */
const RATE = 300;

/** A hub whose receivers behave in one way, and how long its healthy ones waited in all rounds. */
interface Neighbourhood {
  hub: Program;
  urls: string[];
  firstByteMs: number[];
}

/** How long healthy receivers wait while others refuse, hang, drip and flood, against how long without those. */
export async function measureIsolation(bench: Bench): Promise<void> {
  const { url } = bench.receiver;
  await using hostile = await startHostile();
  const healthy = Array.from({ length: SUBSCRIPTIONS }, () => url);
  const badFour = [hostile.refuses, hostile.hangs, hostile.drips, hostile.floods];
  const sixtyHang = healthy.map((target, n) => (n < 60 ? hostile.hangs : target));

  using folders = new DisposableStack();
  await using hubs = new AsyncDisposableStack();
  const start = async (urls: string[]): Promise<Neighbourhood> => {
    const { path } = folders.use(scratchFolder());
    await seedCustomers(
      path,
      urls.map((target) => ({ url: target })),
    );
    return { urls, hub: hubs.use(await startHub(path)), firstByteMs: [] };
  };
  const quiet = await start(healthy);
  const four = await start([...badFour, ...healthy.slice(badFour.length)]);
  const sixty = await start(sixtyHang);

  for (const each of [quiet, four, sixty]) await healthyLatency(bench, each); // warm, and the bad ones get known
  for (let n = 0; n < (bench.isQuick ? 1 : 3); n++) {
    for (const each of [quiet, four, sixty]) each.firstByteMs.push(...(await healthyLatency(bench, each)));
  }
  tell("p50", 0.5, { quiet, four, sixty });
  tell("p99", 0.99, { quiet, four, sixty });
}

function tell(name: string, share: number, of: Record<"quiet" | "four" | "sixty", Neighbourhood>): void {
  const figure = `healthy accept to first byte at ${RATE}/s, ${name}`;
  const of99 = (goal: string) => (share === 0.99 ? { goal } : {});
  const pair = ({ firstByteMs }: Neighbourhood) => ({
    unit: "ms",
    value: percentile(firstByteMs, share),
    against: percentile(of.quiet.firstByteMs, share),
  });
  note({ figure: `${figure}, 4 of 100 bad`, ...pair(of.four), ...of99("≤ 1.5") });
  note({ figure: `${figure}, 60 of 100 hang`, ...pair(of.sixty), ...of99("≤ 2") });
}

/** Events go to all subscriptions in turn; only those of healthy receivers are timed, and all of them must come. */
async function healthyLatency(bench: Bench, { hub, urls }: Neighbourhood): Promise<number[]> {
  const events = RATE * (bench.isQuick ? 3 : 12);
  const expected = Array.from({ length: events }, (_, n) => urls[n % urls.length]).filter(
    (url) => url === bench.receiver.url,
  ).length;
  const auctionIds = urls.map((_, n) => `a${n}`);
  const load = { port: hub.port, events, rate: RATE, auctionIds, expected };
  return (await latencyOf(bench, load)).firstByteMs;
}
