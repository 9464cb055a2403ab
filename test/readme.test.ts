import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../package.json" with { type: "json" };
import { readConfig } from "../src/config.ts";

const ROOT = join(import.meta.dir, "..");
const readme = readFileSync(join(ROOT, "README.md"), "utf8");

/** A section without its heading, up to the next of the same or a higher level. */
function section(title: string): string {
  const [, text] = readme.split(`\n## ${title}\n`);
  if (text === undefined) throw new Error(`README.md has no section "${title}"`);
  return text.split("\n## ")[0] ?? "";
}

/** The cells of a section's tables, row by row, without head and rule. */
const rowsIn = (text: string) =>
  [...text.matchAll(/(?:^\|.*\n)+/gm)]
    .flatMap(([table]) => table.trim().split("\n").slice(2))
    .map((row) => row.split("|").slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));

const codeIn = (text: string) => [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);

describe("the README's table of settings", () => {
  const rows = rowsIn(section("Settings")).map(([name = "", value = ""]) => ({
    name: codeIn(name)[0] ?? name,
    value: codeIn(value)[0],
  }));

  test("has every variable that the configuration reads, and no other", () => {
    const asked = new Set<string>();
    readConfig(
      new Proxy({} as Record<string, string | undefined>, {
        get(_, name: string) {
          asked.add(name);
          return undefined;
        },
      }),
    );
    expect(rows.map(({ name }) => name).toSorted()).toEqual([...asked].toSorted());
  });

  test("tells the defaults", () => {
    const told = rows.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]));
    expect(readConfig(Object.fromEntries(told))).toEqual(readConfig({}));
    const untold = rows.filter(({ value }) => value === undefined).map(({ name }) => name);
    expect(untold).toEqual(["PUBLIC_URL", "SECRET_KEY", "PUBLISH_KEY", "ALLOW_TARGETS", "TRUST_PROXY"]);
  });
});

describe("the README's commands", () => {
  test("name scripts of package.json and the Bun that is pinned there", () => {
    const scripts = [...readme.matchAll(/bun(?:@\S+)? run (\w+)/g)].map(([, script = ""]) => script);
    expect(scripts).toContain("demo");
    expect(scripts.filter((script) => !Object.hasOwn(packageJson.scripts, script))).toEqual([]);
    const versions = [...readme.matchAll(/bun@([\d.]+)/g)].map(([, version = ""]) => version);
    expect([...new Set(versions)]).toEqual([packageJson.devDependencies.bun]);
  });

  test("are the executable's, all of them", () => {
    const told = rowsIn(section("Commands")).flatMap(([cell = ""]) => {
      const [first = "", ...siblings] = codeIn(cell).map((code) => code.replace(/^lanehook /, ""));
      return [first, ...siblings.map((name) => first.replace(/\S+$/, name))];
    });
    const groups = [...new Set(told.filter((name) => name.includes(" ")).map((name) => name.split(" ")[0]))];
    const offered = [
      ...offeredBy([]).filter((name) => !groups.includes(name)),
      ...groups.flatMap((group = "") => offeredBy([group]).map((name) => `${group} ${name}`)),
    ];
    expect(told.toSorted()).toEqual(offered.toSorted());
  });
});

describe("the README's links", () => {
  test("lead to files that exist", () => {
    const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, target = ""]) => target);
    const inside = links.filter((target) => !/^(?:https?:|#)/.test(target));
    expect(inside).not.toBeEmpty();
    expect(inside.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test("and its layout name what is there", () => {
    const named = rowsIn(section("Layout")).flatMap(([cell = ""]) => codeIn(cell));
    expect(named).not.toBeEmpty();
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test("leave no folder of src out of the layout", () => {
    const named = new Set(rowsIn(section("Layout")).flatMap(([cell = ""]) => codeIn(cell)));
    const folders = [...new Bun.Glob("*/*").scanSync(join(ROOT, "src"))].map(
      (path) => `src/${path.split("/")[0]}/`,
    );
    expect([...new Set(folders)].filter((folder) => !named.has(folder))).toEqual([]);
  });
});

/** The names in `--help`, as the executable itself lists them. */
function offeredBy(command: string[]): string[] {
  const { stdout } = Bun.spawnSync([process.execPath, "src/main.ts", ...command, "--help"], { cwd: ROOT });
  const [, commands = ""] = stdout.toString().split("\nCommands:\n");
  const names = [...commands.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name = ""]) => name);
  return names.filter((name) => name !== "help");
}
