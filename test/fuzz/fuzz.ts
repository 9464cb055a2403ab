// Sends requests made from the hub's own document to every endpoint. `--seed n` repeats a run, `--requests n`.
import { parseArgs } from "node:util";
import { takeExecutable } from "../torture/world.ts";
import { fuzz, startFuzzedHub } from "./fuzzing.ts";

/** The hub may hold this much more after the last round than after the second, MiB. */
const GROWTH_MIB = 40;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
    requests: { type: "string", default: "20000" },
  },
});
takeExecutable();
console.log(`seed ${values.seed}`);
await using started = await startFuzzedHub();
const found = await fuzz(started.hub, { seed: Number(values.seed), requests: Number(values.requests) });
const [, second = 0] = found.residentMiB;
const growthMiB = (found.residentMiB.at(-1) ?? 0) - second;
for (const mistake of found.mistakes.slice(0, 50)) console.log(`  FAILS ${mistake}`);
const { requests, byStatus } = found;
const figures = {
  requests,
  byStatus,
  mistakes: found.mistakes.length,
  residentMiB: found.residentMiB.map(Math.round),
  growthMiB,
};
console.log(JSON.stringify(figures));
const holds = found.mistakes.length === 0 && growthMiB <= GROWTH_MIB;
console.log(holds ? "every answer is as documented" : `it fails; --seed ${values.seed} repeats the run`);
process.exitCode = holds ? 0 : 1;
