import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clearAtExit } from "./leftovers.ts";

/** What the bench gives a hub, so that it can write rows that this hub can open. */
export const SECRET_KEY = "bench-secret-key-0123456789-0123456789";
export const PUBLISH_KEY = "bench-publish-key-0123456789";

/** The machine's clock ticks a second, as /proc counts CPU time. */
const TICKS_PER_SECOND = 100;

/** A program that has not ended this long after it was asked to is killed, ms. */
const STOP_GRACE_MS = 15_000;

/** A program under measurement, in a process of its own; disposing of it kills it. */
export interface Program extends AsyncDisposable {
  port: number;
  /** From the spawn to its first answer to a request, ms. */
  firstAnswerMs: number;
  /** When it was spawned, ms since the epoch. */
  spawnedAt: number;
  /** CPU used so far by all its threads, ms. */
  cpuMs(): number;
  /** Resident memory now, MiB. */
  residentMiB(): number;
  /** The most memory that was resident since the start or the last `forgetPeak`, MiB. */
  peakMiB(): number;
  forgetPeak(): void;
  /** Asks it to end and waits until it has: its files are whole and can be used again. */
  stop(): Promise<void>;
}

const ROOT = join(import.meta.dir, "..", "..");
const EXECUTABLE = join(ROOT, "dist", "lanehook");

/** A temporary folder that goes when its owner does. */
export function scratchFolder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "lanehook-bench-"));
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  const cleared = clearAtExit(remove);
  return {
    path,
    [Symbol.dispose]() {
      remove();
      cleared();
    },
  };
}

/** Starts the built hub on a data folder and waits until it answers. */
export function startHub(dataDir: string, env: Record<string, string> = {}): Promise<Program> {
  if (!existsSync(EXECUTABLE)) throw new Error("dist/lanehook is missing; run `bun run build` first");
  return start([EXECUTABLE, "serve"], {
    DATA_DIR: dataDir,
    PORT: "0",
    SECRET_KEY,
    PUBLISH_KEY,
    ALLOW_TARGETS: "127.0.0.0/8",
    ...env,
  });
}

/** Starts the program without features beside it. */
export function startBare(dataDir: string, targets: readonly string[]): Promise<Program> {
  const env = { DATA_DIR: dataDir, TARGETS: targets.join(" ") };
  return start([process.execPath, join(import.meta.dir, "bare.ts")], env);
}

async function start(command: string[], env: Record<string, string>): Promise<Program> {
  const spawnedAt = performance.timeOrigin + performance.now();
  const log = join(env.DATA_DIR ?? "", "log.jsonl");
  writeFileSync(log, "");
  const child = Bun.spawn(command, { env, stdin: "ignore", stdout: Bun.file(log), stderr: "inherit" });
  const cleared = clearAtExit(() => child.kill("SIGKILL"));
  const port = await portIn(log, child);
  await (await fetch(`http://127.0.0.1:${port}/api/health`)).text();
  const firstAnswerMs = performance.timeOrigin + performance.now() - spawnedAt;
  return {
    port,
    firstAnswerMs,
    spawnedAt,
    ...readingsOf(child.pid),
    async stop() {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), STOP_GRACE_MS);
      await child.exited;
      clearTimeout(late);
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      cleared();
    },
  };
}

/** What the kernel tells of a process. */
function readingsOf(pid: number) {
  const statusMiB = (name: string) =>
    Number(readFileSync(`/proc/${pid}/status`, "utf8").match(`${name}:\\s+(\\d+)`)?.[1]) / 1024;
  return {
    cpuMs() {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
    },
    residentMiB: () => statusMiB("VmRSS"),
    peakMiB: () => statusMiB("VmHWM"),
    forgetPeak: () => writeFileSync(`/proc/${pid}/clear_refs`, "5"), // 5: the peak, see proc(5)
  };
}

/** Both programs tell their port in a JSON line. */
async function portIn(log: string, child: { exitCode: number | null }): Promise<number> {
  for (;;) {
    const text = readFileSync(log, "utf8");
    const port = text.match(/"port":(\d+)/)?.[1];
    if (port) return Number(port);
    if (child.exitCode !== null) throw new Error(`the program ended before it listened: ${text}`);
    await Bun.sleep(2);
  }
}
