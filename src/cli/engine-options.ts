import { totalmem } from "node:os";

/** As much memory as JavaScriptCore may believe in, bytes. */
const SMALL_BOX_BYTES = 4_000_000_000;

/** How JavaScriptCore runs a hub, by the variables that it reads. */
const OPTIONS = {
  /**
   * As on a box of 4 GB, on larger ones too: garbage is then collected sooner. A backlog drains in 135 MB so, in 180 MB
   * else (measured on 24 GB), as fast.
   */
  BUN_JSC_forceRAMSize: String(Math.min(totalmem(), SMALL_BOX_BYTES)),
  /**
   * Without the last of its compilers, which works for up to 5 ms at a time on the core that the next event waits for.
   * With it a hub delivers no faster: most of its time goes to SQLite and sockets.
   */
  BUN_JSC_useFTLJIT: "0",
};

/**
 * Has the executable run the hub with these options. Only the environment can say them, and only before the engine
 * starts: the process begins again in its own place, with the same id, before it has opened anything. An option that
 * the environment has already is left as it is.
 */
export function beginTuned(argv: readonly string[], env: Record<string, string | undefined>): void {
  if (argv[0] !== "serve" || !isExecutable() || Object.keys(OPTIONS).every((name) => name in env)) return;
  try {
    process.execve?.(process.execPath, [process.execPath, ...argv], { ...OPTIONS, ...env });
  } catch {
    // Its file was removed or may not be run again: the hub does its work without them.
  }
}

/** From source nothing is gained by beginning twice. */
const isExecutable = () => import.meta.url.startsWith("file:///$bunfs/");
