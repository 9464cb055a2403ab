import { bundleConsole } from "./console-bundle.ts";
import { type ConsoleFile, compressed, unpacked } from "./console-packing.ts";

/** The brotli quality of what is compressed while someone waits: a tenth of the time of the best, and 5 % more bytes. */
const QUICK = 5;

/**
 * Reads the console: the executable brings its files along, packed when it was built; from source it is bundled
 * when it is first asked for, which takes a tenth of a second.
 */
export async function readConsoleFiles(): Promise<ConsoleFile[]> {
  if (!Bun.isStandaloneExecutable) return compressed(await bundleConsole(), QUICK);
  const { PACKED } = await import("./packed-console.ts"); // from source this would run the macro
  return PACKED.map(unpacked);
}
