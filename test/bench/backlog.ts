import { note } from "./figures.ts";
import { scratchFolder, startHub } from "./program.ts";
import { seedCustomers, seedDeliveries } from "./seed.ts";
import type { Bench } from "./speed.ts";

const MILLION = 1_000_000;

/** What a hub does that starts with a million due deliveries. */
export async function measureBacklog({ receiver, isQuick }: Bench): Promise<void> {
  using folder = scratchFolder();
  const backlog = isQuick ? MILLION / 10 : MILLION;
  await seedCustomers(folder.path, [{ url: receiver.url }]);
  seedDeliveries(folder.path, backlog, "pending");
  await receiver.reset();
  await using hub = await startHub(folder.path);
  const first = await receiver.reached(1);
  note({ figure: `start to listening, ${backlog} due`, unit: "ms", value: hub.startMs });
  note({
    figure: `start to first delivery, ${backlog} due`,
    unit: "ms",
    value: first.at - hub.spawnedAt,
    goal: "≤ 1000 ms",
  });
  const samples: number[] = [];
  const sampling = setInterval(() => samples.push(hub.residentMiB()), 500);
  const last = await receiver.reached(backlog, 900_000);
  clearInterval(sampling);
  note({ figure: `drain of ${backlog}`, unit: "/s", value: (backlog * 1000) / (last.at - first.at) });
  note({
    figure: `memory while ${backlog} drain, highest`,
    unit: "MiB",
    value: Math.max(...samples, hub.peakMiB()),
    goal: "≤ 150 MiB",
  });
}
