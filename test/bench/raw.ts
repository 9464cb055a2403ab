import { Database } from "bun:sqlite";
import { join } from "node:path";
import { note } from "./figures.ts";
import { scratchFolder } from "./program.ts";
import { signatureOf } from "./signing.ts";
import type { Bench } from "./speed.ts";

const PAYLOAD = JSON.stringify({ "auction-id": "a0", pad: "x".repeat(980), n: 0 });

/** What Bun's fetch and SQLite do alone on this machine: the walls that every hub here lives between. */
export async function measureRaw(bench: Bench): Promise<void> {
  note({ figure: "raw signed fetch", unit: "/s", value: await fetchesPerSecond(bench) });
  note({
    figure: "raw SQLite, 50 events a commit, two commits each",
    unit: "/s",
    value: eventsPerSecond(bench),
  });
}

async function fetchesPerSecond({ receiver, isQuick }: Bench): Promise<number> {
  await receiver.reset();
  const count = isQuick ? 10_000 : 50_000;
  let sent = 0;
  const sendOn = async () => {
    while (sent++ < count) {
      const timestamp = String(Math.floor(Date.now() / 1000));
      const headers = {
        "x-webhook-timestamp": timestamp,
        "x-webhook-signature": signatureOf(timestamp, PAYLOAD),
      };
      await (await fetch(receiver.url, { method: "POST", body: PAYLOAD, headers })).text();
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: 128 }, sendOn));
  return (count * 1000) / (performance.now() - startedAt);
}

function eventsPerSecond({ isQuick }: Bench): number {
  using folder = scratchFolder();
  using sqlite = new Database(join(folder.path, "raw.db"));
  sqlite.run("PRAGMA journal_mode = WAL");
  sqlite.run("PRAGMA synchronous = FULL");
  sqlite.run("CREATE TABLE events (id INTEGER PRIMARY KEY, payload TEXT, status TEXT)");
  const add = sqlite.prepare("INSERT INTO events (payload, status) VALUES (?, 'pending')");
  const settle = sqlite.prepare("UPDATE events SET status = 'success' WHERE id = ?");
  const count = isQuick ? 20_000 : 100_000;
  const startedAt = performance.now();
  for (let done = 0; done < count; done += 50) {
    const ids: unknown[] = [];
    sqlite.transaction(() => {
      for (let n = 0; n < 50; n++) ids.push(add.run(PAYLOAD).lastInsertRowid);
    })();
    sqlite.transaction(() => {
      for (const id of ids) settle.run(id as number);
    })();
  }
  return (count * 1000) / (performance.now() - startedAt);
}
