import { seedDeliveries } from "../support/seeded-deliveries.ts";
import { median, note } from "./figures.ts";
import { scratchFolder, startHub } from "./program.ts";
import { seedCustomers } from "./seed.ts";
import type { Bench } from "./speed.ts";

/** What a hub does that starts with a million due deliveries of one subscription, 1 KiB each. */
export async function measureBacklog({ receiver, isQuick }: Bench): Promise<void> {
  using folder = scratchFolder();
  const count = isQuick ? 100_000 : 1_000_000;
  const name = `${count.toLocaleString("en")} due`;
  await seedCustomers(folder.path, [{ url: receiver.url }]);
  seedDeliveries(folder.path, { count, customer: 0, status: "pending", size: 1024 });
  await receiver.reset();
  await using hub = await startHub(folder.path);
  const first = await receiver.reached(1);
  note({ figure: `start to first answer, ${name}`, unit: "ms", value: hub.firstAnswerMs });
  note({
    figure: `start to first delivery, ${name}`,
    unit: "ms",
    value: first.at - hub.spawnedAt,
    goal: "≤ 1000 ms",
  });
  hub.forgetPeak();
  const cpuBefore = hub.cpuMs();
  const samples: number[] = [];
  const sampling = setInterval(() => samples.push(hub.residentMiB()), 250);
  const last = await receiver.reached(count, 900_000);
  clearInterval(sampling);
  note({ figure: `drain rate, ${name}`, unit: "/s", value: (count * 1000) / (last.at - first.at) });
  note({
    figure: `CPU per delivery while draining, ${name}`,
    unit: "µs",
    value: ((hub.cpuMs() - cpuBefore) * 1000) / count,
  });
  note({ figure: `memory while draining, median, ${name}`, unit: "MiB", value: median(samples) });
  note({
    figure: `memory while draining, peak, ${name}`,
    unit: "MiB",
    value: hub.peakMiB(),
    goal: "≤ 150 MiB",
  });
}
