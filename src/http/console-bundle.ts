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
  const scripts = firstPaint.outputs.map(({ path }) => basename(path));
  const { own, first, later } = modulesIn(console.metafile);
  return files.map((file) => {
    if (file.isPage) return withLinks(file, { scripts, first, later });
    return own.includes(file.name) || first.includes(file.name) ? compiledAhead(file) : file;
  });
}

const readOutput = async (output: Bun.BuildArtifact): Promise<BundledFile> => ({
  name: basename(output.path),
  contentType: output.type,
  isPage: output.path.endsWith(".html"),
  bytes: new Uint8Array(await output.arrayBuffer()),
});

/**
 * The chunks: the page's own script, those that the first view needs beside it, which are its own and what this
 * imports at once, and those of the other views.
 */
function modulesIn({ outputs }: Pick<Bun.BuildMetafile, "outputs"> = { outputs: {} }) {
  const scripts = Object.keys(outputs).filter((path) => path.endsWith(".js"));
  const own = scripts.filter((path) => isFrom(outputs[path], PAGE));
  const first = new Set(scripts.filter((path) => isFrom(outputs[path], FIRST_VIEW)));
  for (const path of first)
    for (const { kind, path: imported } of outputs[path]?.imports ?? [])
      if (kind === "import-statement" && !own.includes(imported)) first.add(imported);
  const later = scripts.filter((path) => !own.includes(path) && !first.has(path));
  const names = (paths: Iterable<string>) => [...paths].map((path) => basename(path));
  return { own: names(own), first: names(first), later: names(later) };
}

const isFrom = (output: { entryPoint?: string } | undefined, file: string): boolean =>
  output?.entryPoint?.endsWith(file) ?? false;

/**
 * Has Chromium compile a script while it comes, beside the page's own work, and not function by function as they are
 * called: a fifth less work before the first view (measured). To others this is a comment.
 */
const compiledAhead = (file: BundledFile): BundledFile => ({
  ...file,
  bytes: new TextEncoder().encode(`//# allFunctionsCalledOnLoad\n${new TextDecoder().decode(file.bytes)}`),
});

/** Names in the page what would else be found out script by script, and apart from it the other views. */
function withLinks(page: BundledFile, names: Record<"scripts" | "first" | "later", string[]>): BundledFile {
  const scripts = names.scripts.map((name) => `<script src="/${name}"></script>`);
  const first = names.first.map((name) => `<link rel="modulepreload" crossorigin href="/${name}">`);
  const later = names.later.map((name) => `<link rel="prefetch" as="script" crossorigin href="/${name}">`);
  const html = new TextDecoder()
    .decode(page.bytes)
    .replace('<link rel="stylesheet"', `${scripts.join("")}$&`)
    .replace("</head>", `${first.join("")}$&`)
    .replace("</body>", `<template id="later">${later.join("")}</template>$&`); // the console takes them out of it
  return { ...page, bytes: new TextEncoder().encode(html) };
}
