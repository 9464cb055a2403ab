import { join } from "node:path";

/** The hub in a process of its own, which can be killed. */
export interface HubProcess extends AsyncDisposable {
  api: string;
  /** Resolves with the exit code. */
  exited: Promise<number>;
  kill(signal: "SIGKILL" | "SIGTERM" | "SIGINT"): void;
}

const MAIN = join(import.meta.dir, "..", "..", "src", "main.ts");

/** Runs one command of the executable; nothing of this process's environment reaches it. */
export function spawnLanehook(command: string[], env: Record<string, string>) {
  return Bun.spawn([process.execPath, MAIN, ...command], {
    env,
    stdout: "pipe",
    stderr: "pipe",
    stdin: "ignore",
  });
}

/** Starts a hub on a data folder and waits until it answers. */
export async function startHubProcess(
  env: Record<string, string> & { DATA_DIR: string },
): Promise<HubProcess> {
  const child = spawnLanehook(["serve"], { PORT: "0", ALLOW_TARGETS: "127.0.0.0/8", ...env });
  const port = await startedPort(child.stdout);
  if (port === null) throw new Error(`the hub did not start: ${await new Response(child.stderr).text()}`);
  return {
    api: `http://127.0.0.1:${port}/api`,
    exited: child.exited,
    kill: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** The port in the log line that says so; the rest of the log is read and dropped, so that it never blocks. */
async function startedPort(log: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const read = async () => {
    let text = "";
    for await (const chunk of log.pipeThrough(new TextDecoderStream())) {
      if (text === STARTED) continue;
      text += chunk;
      const line = text.split("\n").find((each) => each.includes(STARTED) && each.endsWith("}"));
      if (line === undefined) continue;
      resolve(JSON.parse(line).port);
      text = STARTED;
    }
    resolve(null);
  };
  void read();
  return promise;
}

const STARTED = '"hub.started"';
