import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

// Holds what the compiler cannot: which way imports go, and where the world, elysia and SQL may come in.

const ROOT = join(import.meta.dir, "..");

/** From the top down: a file imports from its own layer or from lower ones, types too. A folder or a file of src/. */
const LAYERS = [
  ["main.ts"],
  ["cli"],
  ["simulators"],
  ["app.ts"],
  ["ground.ts"],
  ["console"],
  ["http"],
  ["commands"],
  ["overview"],
  ["intake"],
  ["documents"],
  ["routing"],
  ["delivery"],
  ["customers"],
  ["catalog"],
  ["connectors"],
  ["database"],
  [
    "seams.ts",
    "config.ts",
    "problems.ts",
    "log.ts",
    "networks.ts",
    "http-dates.ts",
    "sealer.ts",
    "version.ts",
  ],
];

const MAX_LINES = 300;
const LONG = 250;

interface Source {
  /** Below src/. */
  path: string;
  /** As it is written. */
  text: string;
  /** Without comments and types. */
  code: string;
  /** The packages it imports, as written, and the files, as paths below the repository; types too. */
  packages: string[];
  files: string[];
}

const sources = [...new Bun.Glob("**/*.{ts,tsx}").scanSync(join(ROOT, "src"))]
  .filter((path) => !path.endsWith(".d.ts"))
  .sort()
  .map(readSource);

function readSource(path: string): Source {
  const text = readFileSync(join(ROOT, "src", path), "utf8");
  const imported = importsIn(text);
  return {
    path,
    text,
    code: withoutComments(text, path.endsWith(".tsx") ? "tsx" : "ts"),
    packages: imported.filter((name) => !name.startsWith(".")),
    files: imported.filter((name) => name.startsWith(".")).map((name) => join("src", path, "..", name)),
  };
}

/** Every form: `import type … from`, `export … from`, `import "…"`, `import("…")`. */
function importsIn(text: string): string[] {
  const forms =
    /^\s*(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']|^\s*import\s*["']([^"']+)["']|\bimport\s*\(\s*["']([^"']+)["']/gm;
  return [...text.matchAll(forms)].map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? "");
}

function withoutComments(text: string, loader: "ts" | "tsx"): string {
  const unrun = text.replaceAll(' with { type: "macro" }', ""); // the transpiler would run it
  const options = { loader, target: "bun", deadCodeElimination: false } as const;
  const define = { "process.env.NODE_ENV": "process.env.NODE_ENV" }; // else it would stand for its value
  return new Bun.Transpiler({ ...options, define }).transformSync(unrun);
}

/** The folder of src/ that a file is in, or the file itself at its top. */
const partOf = (path: string) => path.split("/")[0] ?? path;

const layerOf = (path: string) => LAYERS.findIndex((parts) => parts.includes(partOf(path)));

/** The files that break a rule, each with what it does; those excepted are left out. */
function offenders(find: (source: Source) => string[], excepted: Record<string, string> = {}): string[] {
  return sources.flatMap((source) =>
    find(source)
      .filter((what) => !isExcepted(source.path, what, excepted))
      .map((what) => `src/${source.path}: ${what}`),
  );
}

/** Exceptions are `path what` → why; a path may be a folder. */
function isExcepted(path: string, what: string, excepted: Record<string, string>): boolean {
  return Object.keys(excepted).some((entry) => {
    const [where = "", ...rest] = entry.split(" ");
    return (path === where || path.startsWith(`${where}/`)) && rest.join(" ") === what;
  });
}

const uses = (patterns: Record<string, RegExp>) => (source: Source) =>
  Object.entries(patterns).flatMap(([what, pattern]) => (pattern.test(source.code) ? [what] : []));

describe("src/", () => {
  test("every file and folder has its layer", () => {
    expect(offenders(({ path }) => (layerOf(path) < 0 ? ["stands in no layer"] : []))).toEqual([]);
  });

  test("imports go one way", () => {
    const wrong = offenders((source) =>
      source.files
        .filter((file) => file.startsWith("src/"))
        .map((file) => file.slice("src/".length))
        .filter((file) => layerOf(file) < layerOf(source.path))
        .map((file) => `imports the higher src/${file}`),
    );
    expect(wrong).toEqual([]);
  });

  test("simulators know nothing of the hub, so that they cannot share its mistakes", () => {
    const wrong = offenders(({ path, files }) =>
      partOf(path) !== "simulators"
        ? []
        : files.filter((file) => !file.startsWith("src/simulators/") && file !== "src/seams.ts"),
    );
    expect(wrong).toEqual([]);
  });

  test("the console knows nothing of the hub but the types of its API", () => {
    const isInside = (file: string) => file.startsWith("src/console/");
    const inside = sources.filter(({ path }) => partOf(path) === "console");
    const known = inside.flatMap(({ files }) => files.filter((file) => !isInside(file)));
    expect(known).toEqual(["src/http/server.ts"]);
    const told = inside.flatMap(({ text }) => text.match(/^import .*http\/server\.ts".*$/gm) ?? []);
    expect(told).toEqual(['import type { Api } from "../../http/server.ts";']);
    const others = sources.filter(({ path }) => partOf(path) !== "console");
    expect(others.flatMap(({ files }) => files.filter(isInside))).toEqual([]); // http bundles it by its path
  });

  test("only data is imported from outside", () => {
    const wrong = offenders((source) =>
      source.files
        .filter((file) => !file.startsWith("src/") && !/^(?:migrations|catalog)\/|^package\.json$/.test(file))
        .map((file) => `imports ${file}`),
    );
    expect(wrong).toEqual([]);
  });

  test("nothing imports itself, directly or in a circle", () => {
    expect(circles()).toEqual([]);
  });

  test("connectors know no database, no settings of the hub, no log and no keys", () => {
    const known = /^src\/(?:database\/|config\.ts|log\.ts|sealer\.ts)/;
    const wrong = offenders(({ path, files, packages }) =>
      partOf(path) === "connectors"
        ? [...files, ...packages].filter(
            (name) => known.test(name) || /^(?:bun:sqlite|drizzle-orm)\b/.test(name),
          )
        : [],
    );
    expect(wrong).toEqual([]);
  });

  test("elysia stays in http", () => {
    const wrong = offenders(({ path, packages }) =>
      partOf(path) === "http" || path === "console/api/client.ts"
        ? []
        : packages.filter((name) => /^@?elysia/.test(name)),
    );
    expect(wrong).toEqual([]);
  });

  test("only main.ts touches the environment, to hand it on", () => {
    const environment = uses({
      "process.env": /\bprocess\s*\.\s*env\b|\bprocess\s*\[/,
      "Bun.env": /\bBun\s*\.\s*env\b/,
      "import.meta.env": /\bimport\.meta\.env\b/,
    });
    const excepted = {
      "main.ts process.env": "where it enters",
      "console/catalog/code-samples.ts process.env": "stands in code that is shown",
      "http/console-bundle.ts process.env": "names what the bundle of the console is told, and reads nothing",
    };
    expect(offenders(environment, excepted)).toEqual([]);
    const main = sources.find(({ path }) => path === "main.ts")?.code ?? "";
    expect(main.match(/process\.env/g)).toHaveLength(1);
    expect(main).toMatch(/\(.*\bprocess\.env\)/);
  });

  test("only config.ts reads the environment", () => {
    const readers = sources.filter(({ code }) => /\benv\s*[.[]/.test(code)).map(({ path }) => path);
    // Beside it: NODE_ENV for a bundle.
    expect(readers).toEqual(["config.ts", "http/console-bundle.ts"]);
  });

  test("time comes in through seams.ts", () => {
    const time = uses({
      "Date.now": /\bDate\.now\b/,
      "new Date()": /\bnew Date\b(?!\s*\(\s*[^)\s])/,
      "performance.now": /\bperformance\.(?:now|timeOrigin)\b/,
      Temporal: /\bTemporal\.Now\b/,
      "process.hrtime": /\bprocess\.(?:hrtime|uptime)\b/,
      "Bun.nanoseconds": /\bBun\.nanoseconds\b/,
    });
    const excepted = {
      ...onlySeams("Date.now", "performance.now"),
      "console/parts/now.ts Date.now": "the clock of the browser",
      "console/catalog/code-samples.ts Date.now": "stands in code that is shown",
    };
    expect(offenders(time, excepted)).toEqual([]);
  });

  test("timers come in through seams.ts", () => {
    const timers = uses({
      setTimeout: /\bsetTimeout\b/,
      setInterval: /\bsetInterval\b/,
      setImmediate: /\bsetImmediate\b/,
      "Bun.sleep": /\bBun\.sleep/,
      "AbortSignal.timeout": /\bAbortSignal\.timeout\b/,
    });
    const excepted = {
      ...onlySeams("setTimeout", "setImmediate"),
      "console setTimeout": "the timers of the browser",
      "console setInterval": "the timers of the browser",
      "http/server.ts AbortSignal.timeout": "bounds the stop of a real socket, which knows no other clock",
      "cli AbortSignal.timeout": "a command-line client's patience with a hub that does not answer",
    };
    expect(offenders(timers, excepted)).toEqual([]);
    expect(offenders(({ packages }) => packages.filter((name) => /^(?:node:)?timers/.test(name)))).toEqual(
      [],
    );
  });

  test("chance comes in through seams.ts", () => {
    const chance = uses({
      "Math.random": /\bMath\.random\b/,
      getRandomValues: /\bgetRandomValues\b/,
      randomUUID: /\brandomUUID/,
      "node:crypto's chance": /\brandom(?:Bytes|Int|Fill)\b[^;]*\bfrom "(?:node:)?crypto"/,
    });
    const excepted = {
      ...onlySeams("Math.random", "getRandomValues", "randomUUID"),
      "console/parts/chance.ts getRandomValues": "the chance of the browser",
    };
    expect(offenders(chance, excepted)).toEqual([]);
  });

  test("names are resolved and other machines are called through seams.ts", () => {
    const calls = uses({
      fetch: /(?<![.\w$])fetch\((?![^)]*\)\s*\{)|\b(?:globalThis|Bun)\.fetch\b/,
      FetchSession: /\bFetchSession\b/,
      "Bun.dns": /\bBun\.dns\b/,
      "Bun.connect": /\bBun\.connect\b/,
      WebSocket: /\bnew WebSocket\b/,
    });
    const excepted = {
      ...onlySeams("FetchSession", "Bun.dns", "node:dns"),
      "cli fetch": "a command-line client calls the hub itself, by its address",
    };
    expect(offenders(calls, excepted)).toEqual([]);
    const resolvers = ({ packages }: Source) => packages.filter((name) => /^(?:node:)?dns\b/.test(name));
    expect(offenders(resolvers, excepted)).toEqual([]);
  });

  test("SQL stands beside its noun, not in routes and commands", () => {
    const sql = uses({
      ".prepare(": /\.prepare\(/,
      ".query(": /\.query\(/,
      "an SQL text": /\bSELECT\b.+\bFROM\b|\bINSERT INTO\b|\bDELETE FROM\b|\bUPDATE \w+ SET\b|\bPRAGMA\b/s,
    });
    const above = new Set(["main.ts", "cli", "app.ts", "ground.ts", "http"]);
    const wrong = offenders((source) =>
      above.has(partOf(source.path))
        ? [...sql(source), ...source.packages.filter((name) => /^(?:bun:sqlite|drizzle-orm)\b/.test(name))]
        : [],
    );
    expect(wrong).toEqual([]);
  });

  test("nothing is a default export or an enum", () => {
    const wrong = offenders(({ text }) => [
      ...(/^\s*export default\b|^\s*export \{[^}]*\bas default\b/m.test(text) ? ["export default"] : []),
      ...(/^\s*(?:export )?(?:declare )?(?:const )?enum \w/m.test(text) ? ["enum"] : []),
    ]);
    expect(wrong).toEqual([]);
  });

  test(`no file has more than ${MAX_LINES} lines`, () => {
    const long = offenders(({ text }) => (linesOf(text) > LONG ? [`${linesOf(text)} lines`] : []));
    if (long.length > 0) console.warn(`Over ${LONG} lines, and soon too long:\n${long.join("\n")}`);
    expect(offenders(({ text }) => (linesOf(text) > MAX_LINES ? [`${linesOf(text)} lines`] : []))).toEqual(
      [],
    );
  });
});

describe("the rules themselves", () => {
  test("see every form of import", () => {
    const text = `import type { A } from "./a.ts";
      import {
        b,
        type B,
      } from "./b.ts";
      import "./c.ts";
      export * from "./d.ts";
      export type { E } from "./e.ts";
      const f = await import("./f.ts");
      let g: import("./g.ts").G;`;
    expect(importsIn(text)).toEqual(["a", "b", "c", "d", "e", "f", "g"].map((name) => `./${name}.ts`));
  });

  test("see no comments, and do see the environment", () => {
    const text = "/** Date.now */\nconst a = process.env; // fetch(\nconst b = process.env.NODE_ENV;";
    const code = withoutComments(text, "ts");
    expect(code).not.toMatch(/Date\.now|fetch/);
    expect(code.match(/process\.env/g)).toHaveLength(2);
  });
});

const linesOf = (text: string) => text.trimEnd().split("\n").length;

/** These may stand in seams.ts. */
function onlySeams(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`seams.ts ${name}`, "this is the seam"]));
}

/** Each circle of imports once, as `a → b → a`. */
function circles(): string[] {
  const byPath = new Map(sources.map((source) => [`src/${source.path}`, source]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: string[]) => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(" → "));
    if (at >= 0 || done.has(path)) return;
    for (const file of byPath.get(path)?.files ?? []) visit(file, [...trail, path]);
    done.add(path);
  };
  for (const path of byPath.keys()) visit(path, []);
  return found;
}
