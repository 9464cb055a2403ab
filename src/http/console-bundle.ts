import { basename, join } from "node:path";

/** One file of the console before it is compressed. */
export interface BundledFile {
  /** The last part of its address; has a hash of the content in it, except the page's own. */
  name: string;
  contentType: string;
  /** The page itself, which names what it needs first. */
  isPage: boolean;
  bytes: Uint8Array<ArrayBuffer>;
}

const CONSOLE = join(import.meta.dir, "..", "console");

const PAGE = "console/index.html";
const FIRST_VIEW = "console/shell/app.tsx";

const USUAL = {
  minify: true,
  publicPath: "/",
  define: { "process.env.NODE_ENV": '"production"' },
  naming: { entry: "[name].[ext]", chunk: "[name]-[hash].[ext]", asset: "[name]-[hash].[ext]" },
} as const;

/** Bundles the console from its sources, which takes a tenth of a second: the first view apart from the others. */
export async function bundleConsole(): Promise<BundledFile[]> {
  const [console, firstPaint] = await Promise.all([
    Bun.build({ ...USUAL, entrypoints: [join(CONSOLE, "index.html")], splitting: true, metafile: true }),
    Bun.build({
      ...USUAL,
      entrypoints: [join(CONSOLE, "first-paint.ts")],
      format: "iife", // a module would run after the page was painted
      naming: "[name]-[hash].[ext]",
    }),
  ]);
  const files = await Promise.all([...console.outputs, ...firstPaint.outputs].map(readOutput));
  const script = firstPaint.outputs.map(({ path }) => basename(path));
  const modules = console.metafile === undefined ? [] : firstModules(console.metafile);
  return files.map((file) => (file.isPage ? withFirst(file, { script, modules }) : file));
}

const readOutput = async (output: Bun.BuildArtifact): Promise<BundledFile> => ({
  name: basename(output.path),
  contentType: output.type,
  isPage: output.path.endsWith(".html"),
  bytes: new Uint8Array(await output.arrayBuffer()),
});

/** What the first view needs: its chunk, and those that this imports at once; the page names the rest itself. */
function firstModules({ outputs }: Bun.BuildMetafile): string[] {
  const first = new Set(Object.keys(outputs).filter((path) => isEntry(outputs[path], FIRST_VIEW)));
  for (const path of first)
    for (const { kind, path: imported } of outputs[path]?.imports ?? [])
      if (kind === "import-statement" && !isEntry(outputs[imported], PAGE)) first.add(imported);
  return [...first].map((path) => basename(path));
}

const isEntry = (output: { entryPoint?: string } | undefined, file: string): boolean =>
  output?.entryPoint?.endsWith(file) ?? false;

/** Names in the page what would else be found out script by script. */
function withFirst(
  page: BundledFile,
  { script, modules }: Record<"script" | "modules", string[]>,
): BundledFile {
  const before = script.map((name) => `<script src="/${name}"></script>`);
  const after = modules.map((name) => `<link rel="modulepreload" crossorigin href="/${name}">`);
  const html = new TextDecoder()
    .decode(page.bytes)
    .replace('<link rel="stylesheet"', `${before.join("")}$&`)
    .replace("</head>", `${after.join("")}$&`);
  return { ...page, bytes: new TextEncoder().encode(html) };
}
