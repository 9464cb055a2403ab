// What a hub would cost if it had no features: intake, group commit, signed delivery, settle, in one process.
import { Database } from "bun:sqlite";
import { join } from "node:path";
import { signatureOf } from "./signing.ts";

const targets = (process.env.TARGETS ?? "").split(" ");
const sqlite = new Database(join(process.env.DATA_DIR ?? ".", "bare.db"));
sqlite.run("PRAGMA journal_mode = WAL");
sqlite.run("PRAGMA synchronous = FULL");
sqlite.run("CREATE TABLE events (id INTEGER PRIMARY KEY, payload TEXT)");
sqlite.run("CREATE TABLE deliveries (id INTEGER PRIMARY KEY, event_id INTEGER, target INTEGER, status TEXT)");
const addEvent = sqlite.prepare("INSERT INTO events (payload) VALUES (?)");
const addDelivery = sqlite.prepare(
  "INSERT INTO deliveries (event_id, target, status) VALUES (?, ?, 'pending')",
);
const settle = sqlite.prepare("UPDATE deliveries SET status = 'success' WHERE id = ?");

let waiting: { work: () => unknown; result?: unknown; resolve: (result: unknown) => void }[] = [];
function commit<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    if (waiting.push({ work, resolve: resolve as (result: unknown) => void }) > 1) return;
    setImmediate(() => {
      const batch = waiting;
      waiting = [];
      sqlite.run("BEGIN IMMEDIATE");
      for (const each of batch) each.result = each.work();
      sqlite.run("COMMIT");
      for (const each of batch) each.resolve(each.result);
    });
  });
}

let ready: { id: number; target: string; payload: string }[] = [];
let taken = 0;
let underWay = 0;
function pump(): void {
  for (; underWay < 128; underWay++) {
    const next = ready[taken];
    if (next === undefined) break;
    taken += 1;
    void deliver(next);
  }
  if (taken < ready.length) return;
  ready = [];
  taken = 0;
}

async function deliver({ id, target, payload }: { id: number; target: string; payload: string }) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const headers = {
    "content-type": "application/json",
    "x-webhook-timestamp": timestamp,
    "x-webhook-signature": signatureOf(timestamp, payload),
  };
  const answer = await fetch(target, { method: "POST", body: payload, headers });
  await answer.text();
  underWay--;
  pump();
  if (answer.ok) await commit(() => settle.run(id));
}

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request) {
    if (request.method !== "POST") return new Response(null, { status: 404 });
    const { payload } = (await request.json()) as { payload: unknown };
    const text = JSON.stringify(payload);
    const made = await commit(() => {
      const eventId = Number(addEvent.run(text).lastInsertRowid);
      return targets.map((target, n) => ({
        id: Number(addDelivery.run(eventId, n).lastInsertRowid),
        target,
        payload: text,
      }));
    });
    ready.push(...made);
    pump();
    return Response.json({ deliveries: made.length }, { status: 202 });
  },
});
console.log(JSON.stringify({ port: server.port }));
