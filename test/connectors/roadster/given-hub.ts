import { PATIENCE_MS } from "../../../src/connectors/roadster/client.ts";
import { realSeams } from "../../../src/seams.ts";
import { eventOf } from "../../../src/simulators/roadster/events.ts";
import { startRoadster } from "../../../src/simulators/roadster/roadster.ts";
import { problemIn } from "../../support/problem.ts";
import { startTestApp } from "../../support/test-app.ts";
import { TestClock } from "../../support/test-clock.ts";
import { seeded } from "../dealerauction/given.ts";

/** How far the clock goes at once while an answer is waited for, ms. */
const STEP_MS = 500;

/** A hub with a customer, its connector "shop", and behind it a Roadster that calls back. */
export async function givenHub(
  options: Parameters<typeof startTestApp>[0] & { settings?: object; schedule?: string } = {},
) {
  const { settings, schedule, clock = new TestClock(), ...start } = options;
  const simulator = startRoadster({ seams: { ...realSeams(), clock, random: seeded() } });
  const { url: baseUrl, apiKey, dpids, world, callbacks } = simulator;
  const app = await startTestApp({ ...start, clock });
  const { token } = await app.givenCustomer({ auctionIds: [] });
  const body = (more: object = {}) => ({
    kind: "roadster",
    environment: "sandbox",
    ...(schedule && { schedule }),
    settings: { baseUrl, apiKey, dpids, cipherKey: "your_encryption_key", ...settings, ...more },
  });
  const made = await app.call("PUT", "/connectors/shop", { auth: token, body: body() });
  if (made.status !== 201) throw new Error(`the connector was answered ${made.status}: ${made.text}`);
  const connector = made.json();
  callbacks.url = connector.inboundUrl;
  // As long as an exchange may take that a person waits for.
  simulator.letsWait = () => queueMicrotask(() => clock.advance(PATIENCE_MS));
  const [email, firstName, lastName] = ["sam.buyer@example.com", "Sam", "Buyer"];
  const buyer = world.addCustomer({ dpid: "lakeside", email, firstName, lastName });
  let events = 0;

  /** Lets time pass until it is there, while what is under way goes on. */
  async function patiently<T>(work: Promise<T>): Promise<T> {
    let isThere = false;
    const there = () => {
      isThere = true;
    };
    work.then(there, there);
    while (!isThere) {
      await app.idle();
      await Bun.sleep(1);
      if (!isThere) clock.advance(STEP_MS);
    }
    return work;
  }

  return {
    simulator,
    world,
    callbacks,
    clock,
    app,
    token,
    connector,
    buyer,
    body,
    patiently,
    /** Below the connector. */
    ask: (method: string, path: string, more: { body?: unknown; headers?: Record<string, string> } = {}) =>
      app.call(method, `/connectors/shop${path}`, { auth: token, ...more }),
    /** What came of an answer: the status, or the code where it is refused. */
    async outcomeOf(answer: ReturnType<typeof app.call>) {
      const got = await patiently(answer);
      return { outcome: got.status < 300 ? String(got.status) : problemIn(got), json: got.json() };
    },
    /** An event on the buyer, with what the hub has called it. */
    event: (eventType = "agent_sent_message") =>
      eventOf({
        eventType,
        eventId: `event-${++events}`,
        at: clock.now(),
        customer: buyer,
        car: null,
        partner: callbacks.partnerOf(buyer.id),
      }),
    read: async () => (await app.call("GET", "/connectors/shop", { auth: token })).json(),
    commands: async () =>
      (await app.call("GET", "/connectors/shop/commands", { auth: token })).json().commands,
    /** What was asked of Roadster since the last time. */
    asked: () => simulator.requests.splice(0).map(({ method, path }) => `${method} ${path}`),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await simulator.stop();
    },
  };
}
