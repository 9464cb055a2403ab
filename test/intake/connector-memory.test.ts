import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { openStore, type Store } from "../../src/database/open.ts";
import { Overtaken, openConnectorMemory } from "../../src/intake/connector-memory.ts";
import { IdSet } from "../../src/intake/id-set.ts";

let dataDir: string;
let store: Store;

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), "lanehook-memory-"));
  store = openStore(dataDir, { now: 0, fingerprint: "test" });
  store.sqlite.run(
    `INSERT INTO customers (id, public_id, email, email_key, name, password_hash, api_key_hash, api_key_sealed, created_at, updated_at)
     VALUES (1, 'c', 'a@b', 'a@b', 'A', 'x', x'00', x'00', 0, 0)`,
  );
  for (const id of [1, 2]) {
    store.sqlite.run(
      `INSERT INTO connectors (id, public_id, customer_id, name, kind, environment, schedule, settings, secrets, status, created_at, updated_at)
       VALUES (?1, 'p' || ?1, 1, 'n' || ?1, 'toy', 'sandbox', '', '{}', x'', 'active', 0, 0)`,
      [id],
    );
  }
});

afterAll(() => {
  store.close();
  rmSync(dataDir, { recursive: true });
});

const start = { cursor: null, isFirst: true };
const named = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => `item/${from + n}`);

describe("what connectors remember", () => {
  test("is what a run has not named, however much it is, and each connector's own", () => {
    const memory = openConnectorMemory(store.sqlite);
    const first = memory.begin(1, start);
    const remember = named(0, 3000).map((entity) => [entity, "1"] as const);
    store.sqlite.transaction(() => memory.keep(first, { drafts: [], remember, cursor: "c" }))();
    expect([...first.unseen()]).toEqual([]);
    expect(first.cursor).toBe("c");
    const second = memory.begin(1, start);
    expect([...second.unseen()]).toHaveLength(3000);
    memory.keep(second, { drafts: [], seen: named(0, 1200), remember: [["item/1500", "2"]] });
    memory.keep(second, { drafts: [], seen: ["item/never"], forget: ["item/2999"] });
    const unseen = [...second.unseen()];
    expect(unseen).toHaveLength(3000 - 1200 - 1 - 1);
    expect(unseen).not.toContain("item/1500");
    expect(second.recall("item/1500")).toBe("2");
    expect([memory.recall(1, "item/2999"), memory.recall(2, "item/1500")]).toEqual([null, null]);
    expect([...memory.begin(2, start).unseen()]).toEqual([]);
  });

  test("may be forgotten while it is looked through", () => {
    const memory = openConnectorMemory(store.sqlite);
    const run = memory.begin(2, start);
    memory.keep(run, { drafts: [], remember: named(0, 1100).map((entity) => [entity, "1"] as const) });
    const next = memory.begin(2, start);
    let count = 0;
    for (const entity of next.unseen()) {
      memory.keep(next, { drafts: [], forget: [entity] });
      count += 1;
    }
    expect(count).toBe(1100);
  });

  test("is not changed back by a run that a webhook has overtaken", () => {
    const memory = openConnectorMemory(store.sqlite);
    const run = memory.begin(1, start);
    const revision = memory.revision(1);
    memory.keepReceived(1, { drafts: [], remember: [["item/7", "9"]] });
    expect(memory.revision(1)).not.toBe(revision);
    expect(() => memory.keep(run, { drafts: [], remember: [["item/7", "8"]] })).toThrow(Overtaken);
    expect(() => memory.keep(run, { drafts: [], forget: ["item/7"] })).toThrow(Overtaken);
    memory.keep(run, { drafts: [], seen: ["item/7"], remember: [["item/8", "8"]] });
    expect(run.recall("item/7")).toBe("9");
    memory.keep(memory.begin(1, start), { drafts: [], remember: [["item/7", "10"]] });
    expect(memory.recall(1, "item/7")).toBe("10");
  });
});

test("a set of ids has what was added, and nothing else", () => {
  const id = fc.integer({ min: 1, max: 40_000 });
  fc.assert(
    fc.property(fc.array(id), fc.array(id), (added, asked) => {
      const set = new IdSet();
      for (const each of added) set.add(each);
      expect(added.every((each) => set.has(each))).toBe(true);
      expect(asked.filter((each) => set.has(each))).toEqual(asked.filter((each) => added.includes(each)));
    }),
  );
});
