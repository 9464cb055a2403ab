import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chanceFrom } from "./chance.ts";
import { type Claim, judge } from "./claims.ts";
import { Publisher } from "./publisher.ts";
import {
  givenCustomer,
  type Hub,
  hubAccount,
  pendingIn,
  scratchFolder,
  startHub,
  startReceiver,
  until,
} from "./world.ts";

const MIB = 1024 * 1024;

/** The small file system's size, and what takes its place until the disk has been full, MiB. */
const SIZE_MIB = 48;
const BALLAST_MIB = 24;

/** No file of the hub may be larger than this, in the shell's blocks of 512 bytes: 8 MiB. */
const LIMIT_BLOCKS = 16_384;

/** A disk that is about to be full. */
interface SmallDisk extends Disposable {
  dataDir: string;
  /** What the hub's command stands behind. */
  prefix: string[];
  /** Space returns. */
  makeRoom(hub: Hub): void;
}

/** A file system of its own; null where this user may not mount one. */
export function smallFileSystem(): SmallDisk | null {
  const folder = scratchFolder();
  const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", `size=${SIZE_MIB}m`, "tmpfs", folder.path]);
  if (!mounted.success) {
    folder[Symbol.dispose]();
    return null;
  }
  const ballast = join(folder.path, "ballast");
  writeFileSync(ballast, Buffer.alloc(BALLAST_MIB * MIB));
  return {
    dataDir: folder.path,
    prefix: [],
    makeRoom: () => rmSync(ballast),
    [Symbol.dispose]() {
      Bun.spawnSync(["umount", folder.path]);
      folder[Symbol.dispose]();
    },
  };
}

/** A process that may not write files beyond a size, which needs no rights; null where nothing can lift the limit. */
export function fileSizeLimit(): SmallDisk | null {
  if (Bun.which("prlimit") === null) return null;
  const folder = scratchFolder();
  return {
    dataDir: folder.path,
    prefix: ["sh", "-c", `ulimit -S -f ${LIMIT_BLOCKS}; exec "$@"`, "sh"],
    makeRoom: ({ pid }) => void Bun.spawnSync(["prlimit", "--pid", String(pid), "--fsize=unlimited"]),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** Fills the disk of a hub while events stream in; nothing accepted may be lost, and it must go on by itself. */
export async function fillDisk(
  openDisk: () => SmallDisk | null,
  { seed, minFreeMb = 0 }: { seed: number; minFreeMb?: number },
): Promise<Claim[] | null> {
  using disk = openDisk();
  if (disk === null) return null;
  const { dataDir, prefix } = disk;
  using logs = scratchFolder();
  await using receiver = await startReceiver(seed);
  const env = { MIN_FREE_MB: String(minFreeMb) };
  const hub = await startHub({ dataDir, logs: logs.path, env, prefix });
  try {
    const { signingSecret } = await givenCustomer(hub, "dealer", { webhookUrl: receiver.url("/0") });
    await receiver.expect({ "/0": signingSecret }, 0);
    const publisher = new Publisher(chanceFrom(seed), { least: 5000, most: 40_000 });
    publisher.aim(hub.api);
    const publishing = Promise.all([publisher.publishOn(), publisher.publishOn()]);
    await until(() => publisher.refusals >= 20, 60_000, "publishers are refused");
    const health = await fetch(`${hub.api}/health`);
    const whileFull = publisher.accepted.size;
    disk.makeRoom(hub);
    await until(() => publisher.accepted.size >= whileFull + 20, 30_000, "publishing goes on by itself");
    publisher.stop();
    await publishing;
    await until(() => pendingIn(dataDir) === 0, 60_000, "nothing is pending");
    await hub.stop();
    const account = hubAccount(dataDir);
    return [
      {
        claim: "on a full disk publishers are answered 503 with Retry-After, and the hub stays up",
        holds: publisher.unannounced === 0 && health.status === 200,
        found: `${publisher.refusals} refused; /api/health answers ${health.status}`,
      },
      {
        claim: "it goes on by itself when there is space again",
        holds: publisher.accepted.size >= whileFull + 20,
        found: `${whileFull} events accepted before, ${publisher.accepted.size} in all`,
      },
      ...judge({ publisher, ledger: await receiver.ledger(), account, subscriptions: 1, kills: 0 }),
    ];
  } finally {
    await hub.kill();
  }
}
