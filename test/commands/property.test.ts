import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { openCommands } from "../../src/commands/commands.ts";
import { dealerAuction, type MarkName } from "../../src/connectors/dealerauction/dealerauction.ts";
import { GroupCommit } from "../../src/database/commit.ts";
import { openStore, type Store } from "../../src/database/open.ts";
import { openPageKeys } from "../../src/delivery/page-keys.ts";
import { sealerFrom } from "../../src/sealer.ts";
import { realSeams } from "../../src/seams.ts";
import { type FailureName, failures } from "../../src/simulators/dealerauction/failures.ts";
import { givenUpstream, seeded } from "../connectors/dealerauction/given.ts";
import { openTestConnection } from "../support/connector-run.ts";
import { TestClock } from "../support/test-clock.ts";

const ROUNDS = 300;
const HOUR = 3_600_000;

test(`in ${ROUNDS} rounds of crashes and failures a command is sent once at most, and its last outcome is true`, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "lanehook-test-"));
  const store = openStore(dataDir, { now: 0, fingerprint: "test" });
  store.sqlite.run(
    "INSERT INTO customers VALUES (1, 'c', 'a@example.com', 'a@example.com', 'A', '', x'', x'', 0, 'active', 0, 0)",
  );
  let rounds = 0;
  const property = fc.asyncProperty(fc.integer(), (seed) =>
    round(store, `connector ${rounds++}`, seeded(seed)),
  );
  try {
    await fc.assert(property, { numRuns: ROUNDS, endOnFailure: true });
  } finally {
    store.close();
    rmSync(dataDir, { recursive: true });
  }
}, 60_000);

/** A hub's life on the store, until it is killed: then nothing that it began goes on. */
function openHub(store: Store, connectorId: string, upstream: ReturnType<typeof givenUpstream>) {
  let isDead = false;
  const whileAlive = <T>(work: () => Promise<T>): Promise<T> => {
    if (isDead) return new Promise(() => {});
    return work().then((result) => (isDead ? new Promise<T>(() => {}) : result));
  };
  const { url: baseUrl, username, password, customerIds } = upstream.simulator;
  const real = realSeams();
  const fetch: typeof real.fetch = (...call) => whileAlive(() => real.fetch(...call));
  const settings = { baseUrl, username, password, customerIds };
  const { connection } = openTestConnection(dealerAuction, settings, {
    seams: { fetch, clock: upstream.clock },
  });
  const commits = new GroupCommit(store.sqlite);
  const run: typeof commits.run = (work) => whileAlive(() => commits.run(work));
  const clock = new TestClock(upstream.clock.now());
  const commands = openCommands({
    sqlite: store.sqlite,
    commits: { run } as GroupCommit,
    pageKeys: openPageKeys(sealerFrom("test", real.randomBytes)),
    seams: { clock, newId: real.newId },
    log: { debug() {}, info() {}, warn() {}, error() {} },
    commandsOf: () => connection.commands,
  });
  const execute = (name: MarkName, request: { listingId: string; salePrice?: number }) =>
    commands.execute({
      customer: { id: 1, email: "a@example.com" },
      connectorId,
      name,
      target: `listings/${request.listingId}`,
      request,
      idempotencyKey: "once",
      command: connection.commands[name],
    });
  return { commands, clock, execute, kill: () => (isDead = true) };
}

async function round(store: Store, connectorId: string, random: () => number): Promise<void> {
  await using upstream = givenUpstream();
  const { simulator, world } = upstream;
  const { id: listingId } = world.list(world.add("10001").id);
  world.bid(listingId, 3000);
  world.end(listingId);
  const request = { listingId, salePrice: 4500 };
  const names = Object.keys(failures).filter((name) => name !== "huge") as FailureName[];

  for (let lives = 0; lives < 3; lives++) {
    const hub = openHub(store, connectorId, upstream);
    const killed = Promise.withResolvers<null>();
    let left = Math.floor(random() * 8);
    const kill = () => {
      hub.kill();
      killed.resolve(null);
    };
    simulator.beforeEach = () => {
      if (left-- === 0) kill();
      if (random() < 0.4) simulator.fail(names[Math.floor(random() * names.length)] ?? "silence");
    };
    if (random() < 0.5) hub.commands.start();
    await Promise.race([hub.execute("mark-as-sold", request).catch(() => null), killed.promise]);
    kill();
  }
  simulator.beforeEach = () => {};
  simulator.recover();
  upstream.clock.advance(HOUR); // by now the upstream has settled
  const { verdict } = await openHub(store, connectorId, upstream).execute("mark-as-sold", request);
  const posts = simulator.requests.filter(({ method }) => method === "POST").length;
  expect(posts).toBeLessThanOrEqual(1);
  const isSold = world.listing(listingId)?.status === "SOLD";
  expect(verdict.outcome === "done").toBe(isSold);
  expect(verdict.outcome).not.toBe("unknown");
  const row = store.sqlite
    .query<{ n: number; status: string }, [string]>(
      "SELECT count(*) AS n, status FROM commands WHERE connector_id = ?",
    )
    .get(connectorId);
  expect(row).toEqual({ n: 1, status: "settled" });
}
