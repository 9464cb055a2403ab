import { totalmem } from "node:os";

/** Tells JavaScriptCore how much memory the machine has, in place of what it has, bytes. */
const RAM_SIZE = "BUN_JSC_forceRAMSize";

/** As on a box of 4 GB: garbage is then collected sooner. */
const SMALL_BOX_BYTES = 4_000_000_000;

/**
 * Has the executable run the hub as on a small box, on larger ones too: a backlog drains in 135 MB so, in 180 MB else
 * (measured on 24 GB), as fast. Only the environment can say it, and only before the engine starts: the process begins
 * again in its own place, with the same id, before it has opened anything. Who sets the variable is left to it.
 */
export function beginLean(argv: readonly string[], env: Record<string, string | undefined>): void {
  if (argv[0] !== "serve" || env[RAM_SIZE] !== undefined || totalmem() <= SMALL_BOX_BYTES || !isExecutable())
    return;
  process.execve?.(process.execPath, [process.execPath, ...argv], {
    ...env,
    [RAM_SIZE]: String(SMALL_BOX_BYTES),
  });
}

/** From source nothing is gained by beginning twice. */
const isExecutable = () => import.meta.url.startsWith("file:///$bunfs/");
