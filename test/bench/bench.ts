// Measures the built hub, beside a program without features where that says more. One JSON line a figure, a table
// at the end. `--quick` for trying, `--only <name>` for one part.
import { parseArgs } from "node:util";
import { measureBacklog } from "./backlog.ts";
import { printTable } from "./figures.ts";
import { measureFirstView } from "./first-view.ts";
import { measureIsolation } from "./isolation.ts";
import { measureLatency } from "./latency.ts";
import { startPublisher, startReceiver } from "./processes.ts";
import { measureRaw } from "./raw.ts";
import { measureScale } from "./scale.ts";
import { measureScan } from "./scan.ts";
import { measureSharing } from "./sharing.ts";
import { type Bench, measureThroughput } from "./speed.ts";

const parts: Record<string, (bench: Bench) => Promise<void>> = {
  raw: measureRaw,
  throughput: measureThroughput,
  latency: measureLatency,
  isolation: measureIsolation,
  sharing: measureSharing,
  backlog: measureBacklog,
  scale: measureScale,
  scan: measureScan,
  console: measureFirstView,
};

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: Object.keys(parts) },
  },
});
const unknown = values.only.find((name) => !Object.hasOwn(parts, name));
if (unknown !== undefined) {
  console.error(`bench: there is no part "${unknown}"; there are ${Object.keys(parts).join(", ")}`);
  process.exit(2);
}

/** A part that fails does not keep the others' figures from being told. */
for (const name of values.only) {
  const startedAt = performance.now();
  try {
    await using receiver = await startReceiver();
    await using publisher = startPublisher();
    await parts[name]?.({ receiver, publisher, isQuick: values.quick });
  } catch (error) {
    console.error(`bench: ${name} failed: ${(error as Error).stack}`);
    process.exitCode = 1;
  }
  console.error(`bench: ${name} took ${Math.round((performance.now() - startedAt) / 1000)} s`);
}
printTable();
