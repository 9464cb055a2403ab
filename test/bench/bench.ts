// Measures the built hub, beside a program without features where that says more. One JSON line a figure, a table
// at the end. `--quick` for trying, `--only <name>` for one part.
import { parseArgs } from "node:util";
import { measureBacklog } from "./backlog.ts";
import { printTable } from "./figures.ts";
import { measureIsolation, measureSharing } from "./isolation.ts";
import { startPublisher, startReceiver } from "./processes.ts";
import { measureRaw } from "./raw.ts";
import { measureScale } from "./scale.ts";
import { type Bench, measureLatency, measureThroughput } from "./speed.ts";

const parts: Record<string, (bench: Bench) => Promise<void>> = {
  raw: measureRaw,
  throughput: measureThroughput,
  latency: measureLatency,
  isolation: measureIsolation,
  sharing: measureSharing,
  backlog: measureBacklog,
  scale: measureScale,
};

const { values } = parseArgs({
  options: { quick: { type: "boolean" }, only: { type: "string", multiple: true } },
});
const unknown = values.only?.find((name) => !Object.hasOwn(parts, name));
if (unknown !== undefined) {
  console.error(`bench: there is no part "${unknown}"; there are ${Object.keys(parts).join(", ")}`);
  process.exit(2);
}

for (const [name, measure] of Object.entries(parts)) {
  if (values.only !== undefined && !values.only.includes(name)) continue;
  await using receiver = await startReceiver();
  await using publisher = startPublisher();
  await measure({ receiver, publisher, isQuick: values.quick ?? false });
}
printTable();
