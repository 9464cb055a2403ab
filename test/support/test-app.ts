import { Database } from "bun:sqlite";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { allKinds, type Registry } from "../../src/connectors/registry.ts";
import { DATABASE_FILE } from "../../src/database/open.ts";
import type { ShownDeadLetter } from "../../src/delivery/dead-letters.ts";
import type { ShownDelivery } from "../../src/delivery/delivery-list.ts";
import type { Log } from "../../src/log.ts";
import { realSeams, type Seams } from "../../src/seams.ts";
import { soundnessOf } from "./soundness.ts";
import { TestClock } from "./test-clock.ts";

/** The publisher's key in tests. */
export const PUBLISH_KEY = "test-publish-key-0123456789";

/** One second, in ms. */
export const SECOND = 1000;

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

let dealers = 0;

/** Starts a whole hub on a temporary folder, listening on loopback, with a clock that the test drives. */
export async function startTestApp(
  options: {
    env?: Record<string, string>;
    dataDir?: string;
    clock?: TestClock;
    seams?: Partial<Seams>;
    log?: Log;
    kinds?: Registry;
    /** The test damages the file, so it need not be sound in the end. */
    isDamaged?: boolean;
  } = {},
) {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "lanehook-test-"));
  const clock = options.clock ?? new TestClock();
  const config = readConfig({
    PORT: "0",
    DATA_DIR: dataDir,
    PUBLISH_KEY,
    ALLOW_TARGETS: "127.0.0.0/8",
    ...options.env,
  });
  const seams = { ...realSeams(), clock, ...options.seams };
  const { log = silent, kinds = allKinds } = options;
  const app = await openApp({ config, seams, log, kinds });
  const { port } = await app.start();
  const api = `http://127.0.0.1:${port}/api`;
  let isStopped = false;

  const stop = async () => {
    if (isStopped) return;
    isStopped = true;
    await app.stop();
    if (!options.isDamaged) expectSound(dataDir);
  };

  return {
    app,
    api,
    clock,
    dataDir,
    origin: `http://127.0.0.1:${port}`,
    idle: app.idle,
    stop,

    /** Sends a request with JSON; `auth` is a customer's token or a publisher's key. */
    async call(method: string, path: string, { auth, body, headers }: CallOptions = {}) {
      const response = await fetch(api + path, {
        method,
        headers: {
          ...(auth && { authorization: `Bearer ${auth}` }),
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
    },

    /** Publishes one event in the native form, or whatever body is given as text. */
    async publish(
      event: string | { eventType: string; payload?: object; environment?: string; id?: string },
    ) {
      const native = (each: { eventType: string; payload?: object }) => ({
        payload: { "auction-id": "daanw" },
        environment: "sandbox",
        ...each,
      });
      const body = typeof event === "string" ? event : native(event);
      const answer = await this.call("POST", "/events", { auth: PUBLISH_KEY, body });
      if (answer.status !== 202) throw new Error(`publishing answered ${answer.status}: ${answer.text}`);
      return answer.json().events as {
        eventId: string;
        eventType: string;
        duplicate: boolean;
        deliveries: number;
      }[];
    },

    /** A customer with the auction daanw, signed in. */
    async givenCustomer({ auctionIds = ["daanw"] }: { auctionIds?: string[] } = {}) {
      const email = `dealer${++dealers}@example.com`;
      const body = { email, name: "Acme Auto", password: "correct horse battery" };
      const { customer, token } = (await this.call("POST", "/auth/signup", { body })).json();
      if (auctionIds.length > 0) {
        await this.call("PUT", "/customers/me/auction-ids", { auth: token, body: { auctionIds } });
      }
      return {
        email,
        token: token as string,
        customerId: customer.customerId as string,
        apiKey: customer.apiKey as string,
      };
    },

    /** A subscription of a customer. */
    async givenSubscription(
      token: string,
      { url, eventType = "ae.asset.deal.sold.ams", environment = "sandbox" }: GivenSubscription,
    ) {
      const body = { eventType, webhookUrl: url };
      const answer = await this.call("PUT", `/subscriptions/${environment}`, { auth: token, body });
      if (answer.status !== 201) throw new Error(`subscribing answered ${answer.status}: ${answer.text}`);
      return answer.json();
    },

    /** All deliveries of a customer, newest first. */
    async deliveriesOf(token: string, query = ""): Promise<ShownDelivery[]> {
      return (await this.call("GET", `/deliveries?limit=200${query}`, { auth: token })).json().deliveries;
    },

    /** A customer's dead letters, newest first. */
    async deadLettersOf(token: string): Promise<ShownDeadLetter[]> {
      return (await this.call("GET", "/deliveries/dlq?limit=200", { auth: token })).json().entries;
    },

    /** Moves the clock from timer to timer, and lets everything under way end at each. */
    async advance(ms: number) {
      const end = clock.now() + ms;
      await app.idle();
      for (let next = clock.nextTimerAt; next !== null && next <= end; next = clock.nextTimerAt) {
        clock.moveTo(next);
        await app.idle();
      }
      clock.moveTo(end);
      await app.idle();
    },

    async [Symbol.asyncDispose]() {
      await stop();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** What a hub leaves must hold. */
function expectSound(dataDir: string): void {
  const path = join(dataDir, DATABASE_FILE);
  if (!existsSync(path)) return;
  using sqlite = new Database(path, { readonly: true });
  const found = soundnessOf(sqlite);
  if (found !== "ok") throw new Error(`the hub left a database that is not sound: ${found}`);
}

interface CallOptions {
  auth?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

interface GivenSubscription {
  url: string;
  eventType?: string;
  environment?: "sandbox" | "production";
}

/** A hub under test. */
export type TestApp = Awaited<ReturnType<typeof startTestApp>>;
