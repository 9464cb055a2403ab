import { createHash } from "node:crypto";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chanceFrom } from "./chance.ts";
import type { Claim } from "./claims.ts";
import { call, givenCustomer, hubCommand, PUBLISH_KEY, scratchFolder, startHub } from "./world.ts";

/** What can happen to a file. */
const damages: Record<string, (path: string, whole: Buffer, garbage: Buffer) => void> = {
  "its head is garbage": (path, whole, garbage) => {
    garbage.copy(whole, 0, 0, 100);
    writeFileSync(path, whole);
  },
  "its tables' names are garbage": (path, whole, garbage) => {
    garbage.copy(whole, 100, 0, 3996);
    writeFileSync(path, whole);
  },
  "its second half is missing": (path, whole) => truncateSync(path, whole.length >> 1),
  "it breaks off within a page": (path, whole) => truncateSync(path, whole.length - 1000),
  "it is another file": (path) => writeFileSync(path, "This is a letter to the editor.\n".repeat(400)),
};

/** Starts a hub on damaged files: it must say what is wrong, exit 2, and leave the file as it found it. */
export async function damageDatabases({ seed }: { seed: number }): Promise<Claim[]> {
  const chance = chanceFrom(seed);
  using folder = scratchFolder();
  using logs = scratchFolder();
  const path = join(folder.path, "lanehook.db");
  const hub = await startHub({ dataDir: folder.path, logs: logs.path });
  await givenCustomer(hub, "dealer", { webhookUrl: "http://127.0.0.1:1/" });
  await call(hub, "POST", "/events", {
    auth: PUBLISH_KEY,
    body: Array.from({ length: 200 }, (_, n) => ({ eventType: "ae.asset.deal.sold.ams", payload: { n } })),
  });
  await hub.stop();
  const whole = readFileSync(path);
  const claims: Claim[] = [];
  for (const [damage, inflict] of Object.entries(damages)) {
    writeFileSync(path, whole);
    const garbage = Buffer.from(Array.from({ length: 4096 }, () => chance.between(0, 255)));
    inflict(path, Buffer.from(whole), garbage);
    const before = hashOf(path);
    const child = Bun.spawn([...hubCommand(), "serve"], {
      env: { DATA_DIR: folder.path, PORT: "0", PUBLISH_KEY },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
    const said = (await new Response(child.stderr).text()).trim();
    const code = await child.exited;
    clearTimeout(late);
    const isSaid = said.startsWith("lanehook: ") && said.includes("lanehook.db");
    const holds = code === 2 && isSaid && hashOf(path) === before;
    claims.push({
      claim: `the database is refused and left alone where ${damage}`,
      holds,
      found: `exit ${code}: ${said}`,
    });
  }
  return claims;
}

const hashOf = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
