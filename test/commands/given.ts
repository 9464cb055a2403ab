import type { ShownCommand } from "../../src/commands/shown-command.ts";
import type { Log } from "../../src/log.ts";
import { startDealerAuction } from "../../src/simulators/dealerauction/dealerauction.ts";
import { seeded } from "../connectors/dealerauction/given.ts";
import { problemIn } from "../support/problem.ts";
import { SECOND, startTestApp } from "../support/test-app.ts";
import { TestClock } from "../support/test-clock.ts";

/** A hub with a customer, its connector "cars", and behind it an upstream with one provisional listing. */
export async function givenHub(options: Parameters<typeof startTestApp>[0] = {}) {
  const clock = options.clock ?? new TestClock();
  const simulator = startDealerAuction({ seams: { clock, random: seeded() } });
  const { url: baseUrl, username, password, customerIds, world } = simulator;
  simulator.letsWait = () => void letPass(20 * SECOND); // as long as an exchange may take that a person waits for
  const { id } = world.add("10001");
  const listing = world.list(id);
  world.bid(listing.id, 3000);
  world.end(listing.id);

  let answeredAt = 0;
  const log = {
    ...silent,
    info(fact: string) {
      if (fact === "command.answered") answeredAt = clock.now();
    },
  };
  /** In small steps, so that the hub can do at each instant what is due then. */
  const letPass = async (ms: number) => {
    for (let passed = 0; passed < ms && answeredAt === 0; passed += STEP_MS) {
      clock.advance(STEP_MS);
      for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const start = { log, ...options, clock };
  let app = await startTestApp(start);
  const { token, email } = await app.givenCustomer({ auctionIds: [] });
  const settings = { baseUrl, username, password, customerIds };
  const put = (body: object) => app.call("PUT", "/connectors/cars", { auth: token, body });
  const made = await put({
    kind: "dealerauction",
    environment: "sandbox",
    schedule: "0 0 1 1 *", // nothing but commands asks the upstream
    settings,
  });
  if (made.status !== 201) throw new Error(`the connector was answered ${made.status}: ${made.text}`);
  const path = `/connectors/cars/listings/${listing.id}`;

  return {
    simulator,
    world,
    listing,
    clock,
    token,
    email,
    path,
    get app() {
      return app;
    },
    /** Asks for a mark; the status, and the code where it is refused. */
    async mark(
      name: string,
      { key, body, at = path }: { key?: string; body?: object | undefined; at?: string } = {},
    ) {
      answeredAt = 0;
      const answer = await app.call("POST", `${at}/${name}`, {
        auth: token,
        ...(body && { body }),
        ...(key !== undefined && { headers: { "Idempotency-Key": key } }),
      });
      const outcome = answer.status === 200 ? "200" : problemIn(answer);
      return { outcome, json: answer.json(), text: answer.text };
    },
    /** Of the connector, newest first. */
    commands: async (): Promise<ShownCommand[]> =>
      (await app.call("GET", "/connectors/cars/commands", { auth: token })).json().commands,
    posts: () => simulator.requests.filter(({ method }) => method === "POST").length,
    /**
     * Lets time pass until an answer is there, while what is under way goes on; how long the hub took to make it, ms,
     * by its own clock.
     */
    async patiently<T>(answer: Promise<T>): Promise<T & { tookMs: number }> {
      const beganAt = clock.now();
      let isThere = false;
      void answer.finally(() => {
        isThere = true;
      });
      while (!isThere) {
        await app.idle();
        await Bun.sleep(1);
        if (answeredAt === 0 && !isThere) clock.advance(STEP_MS);
      }
      return { ...(await answer), tookMs: answeredAt - beganAt };
    },
    /** A new hub on the same data, as after a kill: the old one is not asked to end anything. */
    async restart() {
      const { dataDir } = app;
      await app.stop();
      app = await startTestApp({ ...start, dataDir });
    },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await simulator.stop();
    },
  };
}

const STEP_MS = 500;

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** The price in all these tests. */
export const SALE = { salePrice: 4500 };
