import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MAIN = join(import.meta.dir, "../../src/main.ts");

type Env = Record<string, string>;

/** A data folder of its own, with the commands that work on it; disposing kills the hubs and removes it. */
export function givenFolder(env: Env = {}) {
  const root = mkdtempSync(join(tmpdir(), "lanehook-cli-"));
  const dataDir = join(root, "data");
  const settings = { PORT: "0", DATA_DIR: dataDir, SIGNUP: "closed", ALLOW_TARGETS: "127.0.0.0/8", ...env };
  const hubs: Bun.Subprocess[] = [];

  return {
    dataDir: settings.DATA_DIR,
    root,

    /** Runs a command to its end. */
    run: (argv: string[], options: { stdin?: string; env?: Env } = {}) =>
      run(argv, { ...options, env: { ...settings, ...options.env } }),

    /** Runs a command that must succeed, with `--json`. */
    async ask(...argv: string[]) {
      const { exitCode, stdout, stderr } = await run([...argv, "--json"], { env: settings });
      if (exitCode !== 0) throw new Error(`${argv.join(" ")} exited ${exitCode}: ${stderr}`);
      return JSON.parse(stdout);
    },

    /** Starts a hub; resolves once it listens. */
    async serve(more: Env = {}) {
      const hub = spawn(["serve"], { ...settings, ...more });
      hub.stdin.end();
      hubs.push(hub);
      return openHub(hub);
    },

    async [Symbol.asyncDispose]() {
      for (const hub of hubs) hub.kill("SIGKILL");
      await Promise.all(hubs.map((hub) => hub.exited));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function spawn(argv: string[], env: Env) {
  const io = { stdin: "pipe", stdout: "pipe", stderr: "pipe" } as const;
  const { HOME = "" } = process.env; // where Bun keeps transpiled sources: a third faster
  return Bun.spawn([process.execPath, MAIN, ...argv], { env: { HOME, ...env }, ...io });
}

async function run(argv: string[], { stdin = "", env }: { stdin?: string; env: Env }) {
  const command = spawn(argv, env);
  command.stdin.write(stdin);
  command.stdin.end();
  const [stdout, stderr, exitCode] = await Promise.all([
    command.stdout.text(),
    command.stderr.text(),
    command.exited,
  ]);
  return { stdout, stderr, exitCode };
}

async function openHub(hub: ReturnType<typeof spawn>) {
  const lines: { fact: string; port?: number }[] = [];
  const started = Promise.withResolvers<number>();
  const ended = readLines(hub.stdout, (line) => {
    const entry = JSON.parse(line);
    lines.push(entry);
    if (entry.fact === "hub.started") started.resolve(entry.port);
  });
  const failed = hub.exited.then(async (code) => {
    throw new Error(`the hub exited ${code}: ${await hub.stderr.text()}`);
  });
  failed.catch(() => {}); // a hub that has started may exit
  const port = await Promise.race([started.promise, failed]);
  const api = `http://127.0.0.1:${port}/api`;

  /** Ends it by a signal; resolves with its exit code. */
  async function end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    hub.kill(signal);
    await Promise.all([hub.exited, ended]);
    return hub.exitCode;
  }

  return {
    lines,
    end,

    async call(method: string, path: string, { headers = {}, body }: { headers?: Env; body?: object } = {}) {
      const json = body && { "content-type": "application/json" };
      const response = await fetch(api + path, {
        method,
        headers: { ...headers, ...json },
        body: body ? JSON.stringify(body) : null,
      });
      return { status: response.status, body: JSON.parse(await response.text()) };
    },

    logIn(email: string, password: string) {
      return this.call("POST", "/auth/login", { body: { email, password } });
    },

    /** An event, of the auction daanw unless the payload says otherwise. */
    publish(key: string, payload: object = { "auction-id": "daanw" }) {
      const body = { eventType: "ae.asset.deal.sold.ams", environment: "sandbox", payload };
      return this.call("POST", "/events", { headers: bearer(key), body });
    },
  };
}

async function readLines(stream: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  }
}

/** The header that carries a token or a publisher's key. */
export const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });
