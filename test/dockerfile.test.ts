import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../package.json" with { type: "json" };
import { readConfig } from "../src/config.ts";

const ROOT = join(import.meta.dir, "..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** One instruction a line: what continues is joined, comments are left out. */
const instructions = read("Dockerfile")
  .replace(/\\\n/g, " ")
  .split("\n")
  .filter((line) => line.trim() !== "" && !line.startsWith("#"))
  .map((line) => {
    const [, name = "", rest = ""] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    return { name, rest };
  });

const all = (name: string) => instructions.filter((each) => each.name === name).map(({ rest }) => rest);

/** What is copied out of the repository, not out of an earlier stage. */
const copied = all("COPY")
  .filter((rest) => !rest.startsWith("--from="))
  .flatMap((rest) => rest.split(/\s+/).slice(0, -1));

describe("the Dockerfile", () => {
  test("copies only what the repository has", () => {
    expect(copied).not.toBeEmpty();
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test("copies what .dockerignore lets through, and nothing else gets through", () => {
    const lines = read(".dockerignore").split("\n");
    const passing = lines.filter((line) => line.startsWith("!")).map((line) => line.slice(1));
    expect(lines).toContain("*");
    expect(passing.toSorted()).toEqual(copied.toSorted());
  });

  test("copies every file that src imports from outside of src", () => {
    const imported = [...new Bun.Glob("src/**/*.ts").scanSync(ROOT)].flatMap((file) =>
      [...read(file).matchAll(/from "((?:\.\.\/)+[^"]+)"/g)].map(([, path = ""]) => join(file, "..", path)),
    );
    const outside = imported.map((path) => path.split("/")[0] ?? "").filter((top) => top !== "src");
    expect(copied).toEqual(expect.arrayContaining([...new Set(outside)]));
  });

  test("runs scripts that package.json has, with the Bun that is pinned there", () => {
    const calls = all("RUN").flatMap((rest) => [...rest.matchAll(/bun@(\S+) (\S+) (\S+)/g)]);
    expect(calls).not.toBeEmpty();
    for (const [, version, verb, argument = ""] of calls) {
      expect(version).toBe(packageJson.devDependencies.bun);
      if (verb === "run") expect(Object.keys(packageJson.scripts)).toContain(argument);
    }
  });

  test("takes the executable from where the build puts it", () => {
    const [, outfile = ""] = /--outfile (\S+)/.exec(packageJson.scripts.build) ?? [];
    const folder = all("WORKDIR")[0];
    const taken = all("COPY").filter((rest) => rest.startsWith("--from="));
    expect(taken).toEqual([`--from=build ${folder}/${outfile} /usr/local/bin/lanehook`]);
  });

  test("names only commands that lanehook has", () => {
    const [healthCheck = ""] = all("HEALTHCHECK").map((rest) => rest.slice(rest.indexOf("CMD ") + 4));
    const [program, health] = JSON.parse(healthCheck) as string[];
    const [serve] = JSON.parse(all("CMD")[0] ?? "[]") as string[];
    expect([program, ...(JSON.parse(all("ENTRYPOINT")[0] ?? "[]") as string[])]).toEqual([
      "lanehook",
      "lanehook",
    ]);
    for (const command of [serve, health]) {
      const { exitCode } = Bun.spawnSync([process.execPath, "src/main.ts", String(command), "--help"], {
        cwd: ROOT,
      });
      expect({ command, exitCode }).toEqual({ command, exitCode: 0 });
    }
  });

  test("sets only variables that the configuration reads, to values it takes", () => {
    const set = Object.fromEntries(
      all("ENV").flatMap((rest) => rest.split(/\s+/).map((pair) => pair.split("=") as [string, string])),
    );
    const asked = new Set<string>();
    readConfig(
      new Proxy(set, {
        get(target, name: string) {
          asked.add(name);
          return target[name];
        },
      }),
    );
    expect(set).toEqual({ DATA_DIR: "/data", HOST: "0.0.0.0", SIGNUP: "closed", AUCTION_IDS: "operator" });
    expect(Object.keys(set).filter((name) => !asked.has(name))).toEqual([]);
  });

  test("opens the port that the hub listens on", () => {
    expect(all("EXPOSE")).toEqual([String(readConfig({}).port)]);
  });

  test("runs as an ordinary user, with its data in a volume", () => {
    expect(all("USER")).toEqual(["lanehook"]);
    expect(all("VOLUME")).toEqual(["/data"]);
    expect(all("STOPSIGNAL")).toEqual(["SIGTERM"]);
  });
});
