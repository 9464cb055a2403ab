// Does to the hub what the world does, and counts. `--seed n` makes the same choices again; `--kills n`,
// `--rows n` for the retention, `--mode name` (several).
import { parseArgs } from "node:util";
import { type Claim, report } from "./claims.ts";
import { setClock } from "./clock.ts";
import { damageDatabases } from "./damage.ts";
import { fileSizeLimit, fillDisk, smallFileSystem } from "./disk-full.ts";
import { killAgainAndAgain } from "./kill.ts";
import { endureOutage } from "./outage.ts";
import { sweepOld } from "./retention.ts";
import { takeExecutable } from "./world.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
    kills: { type: "string", default: "50" },
    rows: { type: "string", default: "1000000" },
    mode: { type: "string", multiple: true },
  },
});
const seed = Number(values.seed);
const kills = Number(values.kills);
const rows = Number(values.rows);

/** Null: this machine cannot do it. */
const modes: Record<string, () => Promise<Claim[] | null>> = {
  kill: () => killAgainAndAgain({ seed, kills }),
  "disk-full": () => fillDisk(smallFileSystem, { seed }),
  "disk-watermark": () => fillDisk(smallFileSystem, { seed, minFreeMb: 5 }),
  "file-limit": () => fillDisk(fileSizeLimit, { seed }),
  clock: () => setClock({ seed, jumps: 30 }),
  damage: () => damageDatabases({ seed }),
  outage: () => endureOutage({ seed }),
  retention: () => sweepOld({ rows }),
};

const chosen = values.mode ?? Object.keys(modes);
const unknown = chosen.find((mode) => !Object.hasOwn(modes, mode));
if (unknown !== undefined || ![seed, kills, rows].every(Number.isInteger)) {
  console.error(
    `torture: takes --seed, --kills and --rows, whole numbers, and --mode of ${Object.keys(modes).join(", ")}`,
  );
  process.exit(2);
}

takeExecutable();
console.log(`seed ${seed}`);
let holds = true;
for (const mode of chosen) {
  const beganAt = performance.now();
  const claims = await modes[mode]?.().catch(brokeOff);
  if (!claims) console.log(`  skipped ${mode}: this machine or user cannot do it`);
  else if (!report(mode, claims)) holds = false;
  console.log(`  ${mode} took ${Math.round((performance.now() - beganAt) / 1000)} s`);
}
console.log(holds ? "every claim holds" : `a claim fails; --seed ${seed} makes the same choices again`);
process.exit(holds ? 0 : 1);

/** What does not come to pass is a claim that fails, and not the end of the run. */
function brokeOff(error: Error): Claim[] {
  return [{ claim: "it comes to its end", holds: false, found: error.message }];
}
