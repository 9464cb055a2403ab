import { join } from "node:path";
import { note } from "./figures.ts";
import { clearAtExit } from "./leftovers.ts";
import { type Program, scratchFolder, startHub } from "./program.ts";
import type { Bench } from "./speed.ts";

const MAIN = join(import.meta.dir, "..", "..", "src", "main.ts");

/** What polling a Manheim costs: its first scan with an event for each consignment, and one in which two changed. */
export async function measureScan({ isQuick }: Bench): Promise<void> {
  const size = isQuick ? 2_000 : 20_000;
  const name = `${size.toLocaleString("en")} consignments`;
  await using upstream = await startSimulator(size);
  using folder = scratchFolder();
  await using hub = await startHub(folder.path);
  const customer = await connect(hub, upstream.connector);
  const restMiB = hub.residentMiB();

  const first = await scan(hub, customer);
  if (first.events !== size) throw new Error(`the first scan told ${first.events} events`);
  note({ figure: `first scan of ${name}, an event and a unit each`, unit: "s", value: first.seconds });
  note({
    figure: `memory of the first scan, peak above rest, ${name}`,
    unit: "MiB",
    value: first.peakMiB - restMiB,
  });

  await upstream.change("checkIn");
  await upstream.change("create");
  const second = await scan(hub, customer);
  if (second.events !== 2) throw new Error(`two changes told ${second.events} events`);
  note({ figure: `scan of ${name}, two of which changed`, unit: "s", value: second.seconds });
  note({
    figure: `memory of that scan, peak above rest, ${name}`,
    unit: "MiB",
    value: second.peakMiB - restMiB,
  });
  note({
    figure: `memory of that scan, peak, ${name}`,
    unit: "MiB",
    value: second.peakMiB,
  });
}

interface Customer {
  call(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; json: Record<string, unknown> }>;
}

async function connect(hub: Program, connector: object): Promise<Customer> {
  let token = "";
  const call: Customer["call"] = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${hub.port}/api${path}`, {
      method,
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
  };
  const signup = { email: "bench@example.com", name: "Bench", password: "correct horse battery" };
  token = String((await call("POST", "/auth/signup", signup)).json.token);
  const yearly = "0 0 1 1 *"; // by hand only
  const answer = await call("PUT", "/connectors/manheim", { ...connector, schedule: yearly });
  if (answer.status !== 201) throw new Error(`the connector was answered ${answer.status}`);
  return { call };
}

/** Polls by hand and waits for the end, however long it takes. */
async function scan(hub: Program, { call }: Customer) {
  hub.forgetPeak();
  const startedAt = performance.now();
  await call("POST", "/connectors/manheim/poll");
  for (;;) {
    const { runs } = (await call("GET", "/connectors/manheim/runs")).json as { runs: Run[] };
    const [run] = runs;
    if (run?.complete) {
      return { events: run.events, seconds: (performance.now() - startedAt) / 1000, peakMiB: hub.peakMiB() };
    }
    if (run?.finishedAt) throw new Error(`the scan ended: ${JSON.stringify(run.error)}`);
    await Bun.sleep(500);
  }
}

interface Run {
  complete: boolean;
  finishedAt: string | null;
  events: number;
  error: unknown;
}

/** A simulated Manheim in a process of its own, in which nothing happens by itself. */
async function startSimulator(size: number) {
  const command = [process.execPath, MAIN, "simulate", "manheim", "--size", String(size), "--every", "0"];
  const child = Bun.spawn(command, { env: {}, stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const cleared = clearAtExit(() => child.kill("SIGKILL"));
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (/^connector .*\n/m.test(text)) break;
  }
  const [, url = ""] = /^listens on +(\S+)$/m.exec(text) ?? [];
  const [, connector = "{}"] = /^connector +(.*)$/m.exec(text) ?? [];
  return {
    connector: JSON.parse(connector) as object,
    async change(what: string): Promise<void> {
      const body = JSON.stringify({ what });
      const answer = await fetch(`${url}/simulator/change`, { method: "POST", body });
      if (!answer.ok) throw new Error(`the simulator answered ${answer.status}`);
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      cleared();
    },
  };
}
