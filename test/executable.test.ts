import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// The executable is built from a copy of the sources that is then taken away, so that nothing of it can be read by
// accident, and it runs in a folder that holds only traps.

const root = join(import.meta.dir, "..");
const away = mkdtempSync(join(tmpdir(), "lanehook-executable-"));
const executable = join(away, "lanehook");
const emptyFolder = join(away, "empty");
const scratch = join(away, "scratch");

beforeAll(async () => {
  const copy = join(away, "copy");
  for (const part of [
    "package.json",
    "bunfig.toml",
    "tsconfig.json",
    "src",
    "catalog",
    "migrations",
    "node_modules",
  ]) {
    cpSync(join(root, part), join(copy, part), {
      recursive: true,
      filter: (path) => !path.includes("@redocly"),
    });
  }
  const build = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts.build as string;
  const command = build.replace("dist/lanehook", executable).split(" ").slice(1);
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, ...command], { cwd: copy });
  if (exitCode !== 0) throw new Error(`the build failed: ${stderr}`);
  rmSync(copy, { recursive: true });
  mkdirSync(emptyFolder);
  mkdirSync(scratch);
  writeFileSync(join(emptyFolder, ".env"), "PORT=not-a-port\n");
  writeFileSync(join(emptyFolder, "bunfig.toml"), 'preload = ["./trap.ts"]\n');
  writeFileSync(join(emptyFolder, "trap.ts"), 'throw new Error("a preload was run");\n');
}, 60_000);

afterAll(() => rmSync(away, { recursive: true, force: true }));

const run = (...argv: string[]) =>
  Bun.spawn([executable, ...argv], {
    cwd: emptyFolder,
    env: { PORT: "0", TMPDIR: scratch },
    stdout: "pipe",
    stderr: "pipe",
  });

/** What a hub says first. */
async function startOf(hub: Bun.Subprocess<"ignore", "pipe">): Promise<{ fact: string; port: number }> {
  const { value } = await hub.stdout.getReader().read();
  return JSON.parse(new TextDecoder().decode(value).split("\n", 1)[0] ?? "");
}

test("the executable tells its version", async () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect((await new Response(run("--version").stdout).text()).trim()).toBe(version);
});

test("its demo passes every check", async () => {
  const demo = run("demo", "--once", "--fast");
  const text = await new Response(demo.stdout).text();
  expect(text).not.toContain("not ok");
  expect(text).toContain("checks are ok");
  expect(await demo.exited).toBe(0);
}, 30_000);

test("it serves API, console, documentation and catalog from a folder with nothing in it", async () => {
  const hub = run("serve");
  const { port } = await startOf(hub);
  const origin = `http://127.0.0.1:${port}`;
  expect(await (await fetch(`${origin}/api/health`)).json()).toEqual({ status: "ok" });
  const body = JSON.stringify({ email: "a@example.com", name: "A", password: "long enough" });
  const headers = { "content-type": "application/json" };
  const signup = await fetch(`${origin}/api/auth/signup`, { method: "POST", body, headers });
  const { token } = (await signup.json()) as { token: string };
  const authorization = `Bearer ${token}`;
  const answer = await fetch(`${origin}/api/event-catalog`, { headers: { authorization } });
  const catalog = (await answer.json()) as { eventTypes: unknown[] };
  expect(catalog.eventTypes).toHaveLength(77);
  for (const path of ["/docs", "/docs/swagger-ui.js", "/docs/swagger-ui.css", "/openapi.json"]) {
    const answer = await fetch(origin + path);
    expect([path, answer.status]).toEqual([path, 200]);
    expect((await answer.bytes()).length).toBeGreaterThan(100);
  }
  const page = await (await fetch(origin)).text();
  const scripts = [...page.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, path = ""]) => path);
  const code = (await Promise.all(scripts.map(async (path) => (await fetch(origin + path)).text()))).join("");
  expect(code.length).toBeGreaterThan(100_000);
  expect(code).not.toContain("react-dom-client.development"); // that one is bigger and slower
  const [later = ""] = /\/catalog-view-\w+\.js/.exec(code) ?? [];
  expect((await fetch(origin + later)).status).toBe(200);
  hub.kill("SIGTERM");
  expect(await hub.exited).toBe(0);
  expect(existsSync(join(emptyFolder, "data", "lanehook.db"))).toBe(true);
}, 20_000);

test("it serves also where its file is gone, and cannot begin again", async () => {
  const copy = join(away, "soon-gone");
  cpSync(executable, copy);
  const hub = Bun.spawn(["sh", "-c", 'exec 9< "$0"; rm "$0"; exec /proc/self/fd/9 serve', copy], {
    cwd: emptyFolder,
    env: { ...process.env, PORT: "0", DATA_DIR: join(away, "gone") },
    stdout: "pipe",
    stderr: "ignore",
  });
  expect((await startOf(hub)).fact).toBe("hub.started");
  hub.kill("SIGTERM");
  expect(await hub.exited).toBe(0);
}, 20_000);

test("it runs with the options of the engine, and carries the thread that moves the log into the file", async () => {
  const dataDir = join(away, "written");
  const key = "publish-key-of-the-executable";
  const hub = Bun.spawn([executable, "serve"], {
    cwd: emptyFolder,
    env: { PORT: "0", DATA_DIR: dataDir, PUBLISH_KEY: key },
    stdout: "pipe",
  });
  const { port } = await startOf(hub);
  const payload = { "auction-id": "daanw", filler: "x".repeat(1_000_000) };
  const body = JSON.stringify({ eventType: "ae.asset.deal.sold.ams", environment: "sandbox", payload });
  const headers = { "content-type": "application/json", "x-api-key": key };
  const fileMiB = () => statSync(join(dataDir, "lanehook.db")).size / 1024 / 1024;
  for (let n = 0; n < 90 && fileMiB() < 8; n++) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/events`, { method: "POST", body, headers });
    expect(answer.status).toBe(202);
  }
  expect(fileMiB()).toBeGreaterThan(8);
  const environ = readFileSync(`/proc/${hub.pid}/environ`, "utf8");
  expect(environ).toContain("BUN_JSC_forceRAMSize=");
  expect(environ).toContain("BUN_JSC_useFTLJIT=0");
  hub.kill("SIGTERM");
  expect(await hub.exited).toBe(0);
  expect(existsSync(join(dataDir, "lanehook.db-wal"))).toBe(false);
}, 20_000);
