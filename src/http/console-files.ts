import { basename, join } from "node:path";
import page from "../console/index.html";

/** One file of the console, as it goes out. */
export interface ConsoleFile {
  /** The last part of its address; has a hash of the content in it, except the page's own. */
  name: string;
  contentType: string;
  /** The page itself, which names all others. */
  isPage: boolean;
  bytes: Uint8Array<ArrayBuffer>;
  gzipped: Uint8Array<ArrayBuffer>;
}

/**
 * Reads the console: the executable brings its files along; from source it is bundled when it is first asked for,
 * which takes a tenth of a second.
 */
export async function readConsoleFiles(): Promise<ConsoleFile[]> {
  const outputs = page.files === undefined ? await bundled() : await embedded(page.files);
  return outputs.map(({ bytes, ...rest }) => ({
    ...rest,
    bytes,
    gzipped: Bun.gzipSync(bytes, { level: 9 }),
  }));
}

type Output = Omit<ConsoleFile, "gzipped">;

const embedded = (files: NonNullable<typeof page.files>): Promise<Output[]> =>
  Promise.all(
    files.map(async ({ path, loader, headers }) => ({
      name: basename(path),
      contentType: headers["content-type"],
      isPage: loader === "html",
      bytes: await Bun.file(path).bytes(),
    })),
  );

async function bundled(): Promise<Output[]> {
  const { outputs } = await Bun.build({
    entrypoints: [join(import.meta.dir, "..", "console", "index.html")],
    minify: true,
    publicPath: "/",
    define: { "process.env.NODE_ENV": '"production"' },
    naming: { entry: "[name].[ext]", chunk: "[name]-[hash].[ext]", asset: "[name]-[hash].[ext]" },
  });
  return Promise.all(
    outputs.map(async (output) => ({
      name: basename(output.path),
      contentType: output.type,
      isPage: output.path.endsWith(".html"),
      bytes: new Uint8Array(await output.arrayBuffer()),
    })),
  );
}
