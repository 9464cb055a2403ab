import { Database } from "bun:sqlite";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { soundnessOf } from "../support/soundness.ts";
import type { Entry, ReceiverCall } from "./receiver.ts";

export const PUBLISH_KEY = "torture-publish-key-0123456789";

const ROOT = join(import.meta.dir, "..", "..");
const EXECUTABLE = join(ROOT, "dist", "lanehook");

/** The hub's sources, for Bun to run. */
export const MAIN = join(ROOT, "src", "main.ts");

let command = [process.execPath, MAIN];

/** From now on hubs are the built executable and not the sources. @throws where it was not built */
export function takeExecutable(): void {
  if (!existsSync(EXECUTABLE)) throw new Error("there is no dist/lanehook; `bun run build` makes it");
  command = [EXECUTABLE];
}

/** What runs lanehook. */
export const hubCommand = (): string[] => command;

/** A hub in a process of its own. */
export interface Hub {
  api: string;
  pid: number;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to end, and does not wait. */
  askToStop(): void;
  /** Asks it to end. @throws unless it does so with 0 */
  stop(): Promise<void>;
}

/** A temporary folder that goes when its owner does. */
export function scratchFolder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "lanehook-torture-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

let starts = 0;

/** Where a hub runs and how. */
export interface HubPlace {
  dataDir: string;
  /** Another folder, because a full disk must not take the log's place. */
  logs: string;
  env?: Record<string, string>;
  /** What the command stands behind, such as a shell that limits it. */
  prefix?: string[];
  command?: string[];
}

/** Starts a hub and waits until it listens. */
export async function startHub(place: HubPlace): Promise<Hub> {
  const { child, log } = spawnHub(place);
  for (;;) {
    const port = readFileSync(log, "utf8").match(/"port":(\d+)/)?.[1];
    if (port) return hubAt(child, Number(port));
    if (child.exitCode !== null)
      throw new Error(`the hub ended with ${child.exitCode}: ${readFileSync(log, "utf8")}`);
    await Bun.sleep(5);
  }
}

/** Starts a hub and does not wait; its process, and where it logs. */
export function spawnHub(place: HubPlace): { child: Bun.Subprocess; log: string } {
  const { dataDir, logs, env = {}, prefix = [], command = hubCommand() } = place;
  const log = join(logs, `hub-${++starts}.log`);
  writeFileSync(log, "");
  const child = Bun.spawn([...prefix, ...command, "serve"], {
    env: {
      DATA_DIR: dataDir,
      PORT: "0",
      PUBLISH_KEY,
      ALLOW_TARGETS: "127.0.0.0/8",
      RETRY_DELAYS: "0,0.2,0.5",
      DELIVERY_TIMEOUT: "0.4",
      ...env,
    },
    stdin: "ignore",
    stdout: Bun.file(log),
    stderr: "inherit",
  });
  return { child, log };
}

function hubAt(child: Bun.Subprocess, port: number): Hub {
  const askToStop = () => child.kill("SIGTERM");
  return {
    api: `http://127.0.0.1:${port}/api`,
    pid: child.pid,
    askToStop,
    async kill() {
      child.kill("SIGKILL");
      await child.exited;
    },
    async stop() {
      askToStop();
      const code = await child.exited;
      if (code !== 0) throw new Error(`asked to stop, the hub ended with ${code}`);
    },
  };
}

/** What the hubs that logged there called an error, each fact with how often. */
export function errorsIn(logs: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const file of readdirSync(logs).filter((name) => name.endsWith(".log"))) {
    for (const [, fact = ""] of readFileSync(join(logs, file), "utf8").matchAll(
      /^\{"level":"(?:error|fatal)".*"fact":"([^"]+)"/gm,
    ))
      found[fact] = (found[fact] ?? 0) + 1;
  }
  return found;
}

/** The independent receiver, seen from the torture. */
export async function startReceiver(seed: number) {
  let answered = Promise.withResolvers<unknown>();
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "receiver.ts"), String(seed)], {
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
    ipc: (answer) => answered.resolve(answer),
  });
  const ask = (call: ReceiverCall) => {
    answered = Promise.withResolvers();
    child.send(call);
    return answered.promise;
  };
  const { port } = (await answered.promise) as { port: number };
  return {
    url: (path: string) => `http://127.0.0.1:${port}${path}`,
    expect: (secrets: Record<string, string>, wrongs: number) => ask({ ask: "expect", secrets, wrongs }),
    ledger: () => ask({ ask: "ledger" }) as Promise<Entry[]>,
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
    },
  };
}

/** Calls the hub with JSON; throws unless the answer is a success. */
export async function call(
  hub: Hub,
  method: string,
  path: string,
  given: { auth?: string; body?: unknown } = {},
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into as they come
): Promise<any> {
  const { auth, body } = given;
  const answer = await fetch(hub.api + path, {
    method,
    headers: { ...(auth && { authorization: `Bearer ${auth}` }), "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
  return text === "" ? null : JSON.parse(text);
}

/** A customer that gets every event of auction `daanw`, and its credentials. */
export async function givenCustomer(hub: Hub, name: string, subscription: Record<string, unknown>) {
  const account = { email: `${name}@example.com`, name, password: "not that of any example" };
  const { token, customer } = await call(hub, "POST", "/auth/signup", { body: account });
  const as = { auth: token as string };
  await call(hub, "PUT", "/customers/me/auction-ids", { ...as, body: { auctionIds: ["daanw"] } });
  await call(hub, "PUT", "/subscriptions/production", { ...as, body: { eventType: "*", ...subscription } });
  const { signingSecret } = await call(hub, "GET", "/signing-secret", as);
  return {
    token: token as string,
    apiKey: customer.apiKey as string,
    signingSecret: signingSecret as string,
  };
}

/** A row of the hub's own account. */
export interface HubDelivery {
  deliveryId: string;
  eventId: string;
  subscriptionId: number;
  status: "pending" | "success" | "failed" | "cancelled";
  replayOf: string | null;
  /** How its attempts ended, in their order. */
  outcomes: string[];
}

/** What a hub's file says. */
export interface HubAccount {
  deliveries: HubDelivery[];
  /** Their ids. */
  events: Set<string>;
  /** `ok`, or what SQLite finds damaged. */
  integrity: string;
}

/** Reads what the hub says of its deliveries from its file, and whether the file is whole. */
export function hubAccount(dataDir: string): HubAccount {
  using sqlite = new Database(join(dataDir, "lanehook.db"));
  const deliveries = sqlite
    .query<Omit<HubDelivery, "outcomes"> & { outcomes: string }, []>(
      `SELECT d.public_id AS deliveryId, e.public_id AS eventId, d.subscription_id AS subscriptionId, d.status,
         d.replay_of AS replayOf, (SELECT json_group_array(outcome ORDER BY attempt) FROM attempts
           WHERE delivery_id = d.id) AS outcomes FROM deliveries d JOIN events e ON e.id = d.event_id`,
    )
    .all()
    .map((row) => ({ ...row, outcomes: JSON.parse(row.outcomes) as string[] }));
  const events = sqlite.query<{ id: string }, []>("SELECT public_id AS id FROM events").all();
  return {
    deliveries,
    events: new Set(events.map(({ id }) => id)),
    integrity: soundnessOf(sqlite),
  };
}

/** Waits until it holds; throws when it does not in time. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  withinMs: number,
  what: string,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`in ${withinMs} ms it did not come to pass: ${what}`);
    await Bun.sleep(50);
  }
}

/** What is still pending in the whole hub, by its file. */
export function pendingIn(dataDir: string): number {
  using sqlite = new Database(join(dataDir, "lanehook.db"), { readonly: true });
  const row = sqlite
    .query<{ n: number }, []>("SELECT count(*) AS n FROM deliveries WHERE status = 'pending'")
    .get();
  return row?.n ?? 0;
}
