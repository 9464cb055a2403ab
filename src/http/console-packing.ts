import { brotliCompressSync, constants } from "node:zlib";
import { type BundledFile, bundleConsole } from "./console-bundle.ts";

/** One file of the console, in each form that browsers take. */
export interface ConsoleFile extends BundledFile {
  gzipped: Uint8Array<ArrayBuffer>;
  brotli: Uint8Array<ArrayBuffer>;
}

/** A file as text can carry it: its bytes in base64. */
type PackedFile = Omit<BundledFile, "bytes"> & Record<"gzipped" | "brotli", string>;

const BEST = 11;

/**
 * The console for the executable, as small as it can be; run as a macro. Bun bundles nothing while a macro runs, so
 * another process does it. @throws Error where that fails
 */
export function packConsole(): PackedFile[] {
  const { success, stdout, stderr } = Bun.spawnSync([process.execPath, import.meta.path]);
  if (!success) throw new Error(`the console could not be bundled: ${stderr}`);
  return JSON.parse(stdout.toString());
}

if (import.meta.main && !Bun.isStandaloneExecutable)
  console.log(JSON.stringify(compressed(await bundleConsole(), BEST).map(packed)));

/** Compresses each file; the higher the brotli quality, up to 11, the fewer bytes in more time. */
export function compressed(files: BundledFile[], brotliQuality: number): ConsoleFile[] {
  const params = { [constants.BROTLI_PARAM_QUALITY]: brotliQuality };
  return files.map((file) => ({
    ...file,
    gzipped: Bun.gzipSync(file.bytes, { level: 9 }),
    brotli: new Uint8Array(brotliCompressSync(file.bytes, { params })),
  }));
}

function packed({ bytes, gzipped, brotli, ...rest }: ConsoleFile): PackedFile {
  return { ...rest, gzipped: gzipped.toBase64(), brotli: brotli.toBase64() };
}

/** Takes a file out of its text. */
export function unpacked({ gzipped, brotli, ...rest }: PackedFile): ConsoleFile {
  const bytes = Uint8Array.fromBase64(gzipped);
  return { ...rest, bytes: Bun.gunzipSync(bytes), gzipped: bytes, brotli: Uint8Array.fromBase64(brotli) };
}
