import { join } from "node:path";

/** The hub in a process of its own, which can be killed. */
export interface HubProcess extends AsyncDisposable {
  /** Where it answers. */
  origin: string;
  /** Sends a request with JSON; `auth` is a customer's token or a publisher's key. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what they expect in an answer
  call(method: string, path: string, given?: { auth?: string; body?: unknown }): Promise<any>;
  /** Resolves with the first log line of this fact. */
  told(fact: string): Promise<Record<string, unknown>>;
  port: number;
  pid: number;
  /** Resolves with the exit code. */
  exited: Promise<number>;
  kill(signal: "SIGKILL" | "SIGTERM" | "SIGINT"): void;
}

const MAIN = join(import.meta.dir, "..", "..", "src", "main.ts");

/** Instead of the executable: a hub that knows the toy kind. */
export const TOY_HUB = join(import.meta.dir, "toy-hub.ts");

/** Runs a command of the executable; of this process's environment nothing reaches it. */
export function spawnLanehook(command: string[], env: Record<string, string>, main = MAIN) {
  return Bun.spawn([process.execPath, main, ...command], {
    env: { PORT: "0", ALLOW_TARGETS: "127.0.0.0/8", ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

/** Starts a hub on a data folder and waits until it answers. */
export async function startHubProcess(env: Record<string, string>, main = MAIN): Promise<HubProcess> {
  const child = spawnLanehook(["serve"], env, main);
  const told = factsIn(child.stdout);
  const { port } = await told("hub.started").catch(async () => {
    throw new Error(`the hub did not start: ${await new Response(child.stderr).text()}`);
  });
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    async call(method, path, { auth, body } = {}) {
      const headers = {
        ...(auth && { authorization: `Bearer ${auth}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      };
      const sent = body === undefined ? null : JSON.stringify(body);
      const answer = await fetch(`${origin}/api${path}`, { method, headers, body: sent });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
      return text === "" ? null : JSON.parse(text);
    },
    told,
    port: Number(port),
    pid: child.pid,
    exited: child.exited,
    kill: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

type Line = Record<string, unknown>;

/** Reads a log to its end and tells of each fact once it stands there; rejects when it never did. */
function factsIn(log: ReadableStream<Uint8Array<ArrayBuffer>>): (fact: string) => Promise<Line> {
  const facts = new Map<string, PromiseWithResolvers<Line>>();
  let hasEnded = false;
  const entryOf = (fact: string) => {
    const entry = facts.get(fact) ?? Promise.withResolvers<Line>();
    if (!facts.has(fact)) entry.promise.catch(() => {}); // nobody may be waiting for it
    facts.set(fact, entry);
    if (hasEnded) entry.reject(new Error(`the log ended without ${fact}`));
    return entry;
  };
  const take = (text: string) => {
    const line: Line = text.startsWith("{") ? JSON.parse(text) : {};
    if (typeof line.fact === "string") entryOf(line.fact).resolve(line);
  };
  const read = async () => {
    let rest = "";
    for await (const chunk of log.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(take);
    }
    hasEnded = true;
    for (const fact of facts.keys()) entryOf(fact);
  };
  void read();
  return (fact) => entryOf(fact).promise;
}
