import type { ShownConnector } from "../../../src/intake/shown-connector.ts";
import { realSeams } from "../../../src/seams.ts";
import type { Webhook } from "../../../src/simulators/privateauto/deliveries.ts";
import {
  type PrivateAutoSimulator,
  startPrivateAuto,
} from "../../../src/simulators/privateauto/privateauto.ts";
import { startReceiver } from "../../support/receiver.ts";
import { SECOND, startTestApp } from "../../support/test-app.ts";
import { TestClock } from "../../support/test-clock.ts";

export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

export const VIN = "1HGBH41JXMN109186";

/** A simulator on a clock of the test's. */
export function startSimulator(clock: TestClock): PrivateAutoSimulator {
  return startPrivateAuto({ seams: { ...realSeams(), clock } });
}

/** What a connector to a simulator is made with. */
export const settingsFor = (simulator: PrivateAutoSimulator) => {
  const { url, partnerId, sharedSecret, webhookSecret } = simulator;
  return { baseUrl: url, partnerId, sharedSecret, webhookSecrets: [webhookSecret] };
};

/**
 * A hub with a customer that hears of everything of PrivateAuto, its connector "deals", and behind it a simulator
 * whose webhooks go there. Nothing is polled by itself.
 */
export async function givenDeals(
  options: {
    settings?: Record<string, unknown>;
    env?: Record<string, string>;
    isConnected?: boolean;
    schedule?: string;
  } = {},
) {
  const clock = new TestClock(Date.UTC(2026, 3, 21, 14));
  const simulator = startSimulator(clock);
  const receiver = startReceiver();
  const app = await startTestApp({ clock, ...(options.env && { env: options.env }) });
  const { token } = await app.givenCustomer({ auctionIds: [] });
  await app.givenSubscription(token, { url: receiver.url, eventType: "privateauto.*" });
  const { schedule = "0 0 1 1 *" } = options;

  async function put(more: Record<string, unknown> = {}): Promise<ShownConnector> {
    const settings = { ...settingsFor(simulator), ...options.settings, ...more };
    const body = { kind: "privateauto", environment: "sandbox", schedule, settings };
    const answer = await app.call("PUT", "/connectors/deals", { auth: token, body });
    if (answer.status !== 201) throw new Error(`the connector was answered ${answer.status}: ${answer.text}`);
    return answer.json();
  }

  const connector = await put();
  const inboundUrl = connector.inboundUrl ?? "";
  if (options.isConnected !== false) simulator.deliveries.endpoint.url = inboundUrl;

  return {
    app,
    clock,
    token,
    simulator,
    world: simulator.world,
    deliveries: simulator.deliveries,
    receiver,
    inboundUrl,
    put,
    /** Until neither the upstream nor the hub has anything under way. */
    async settle() {
      for (let turns = 0; turns < 3; turns++) {
        await simulator.deliveries.idle();
        await app.idle();
      }
    },
    /** Lets time pass, with everything that is due meanwhile on both sides. */
    async advance(ms: number) {
      await this.settle();
      const end = clock.now() + ms;
      for (let next = clock.nextTimerAt; next !== null && next <= end; next = clock.nextTimerAt) {
        clock.moveTo(next);
        await this.settle();
      }
      clock.moveTo(end);
      await this.settle();
    },
    /** The names of what came to the dealer, in order, such as `deal.created`. */
    told: () =>
      receiver.received.map(({ headers }) => (headers["x-webhook-event"] ?? "").replace("privateauto.", "")),
    /** What came to the dealer of one type, parsed. */
    toldOf: (event: string) =>
      receiver.received
        .filter(({ headers }) => headers["x-webhook-event"] === `privateauto.${event}`)
        .map(({ body }) => JSON.parse(body)),
    /** The events of one type that came, however often a webhook of each did. */
    eventsOf: (event: string) =>
      new Set(
        receiver.received
          .filter(({ headers }) => headers["x-webhook-event"] === `privateauto.${event}`)
          .map(({ headers }) => headers["x-webhook-id"]),
      ),
    documents: async (query = ""): Promise<{ name: string; id: string; dealId: string; sha256: string }[]> =>
      (await app.call("GET", `/documents?${query}`, { auth: token })).json().documents,
    connector: async (): Promise<ShownConnector> =>
      (await app.call("GET", "/connectors/deals", { auth: token })).json(),
    poll: async () => (await app.call("POST", "/connectors/deals/poll", { auth: token })).json(),
    /** Posts something to the receiving door as it is. */
    async post(body: string, headers: Record<string, string>) {
      const response = await fetch(inboundUrl, { method: "POST", body, headers });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
    async [Symbol.asyncDispose]() {
      await simulator.stop();
      await app[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    },
  };
}

/** The webhook of an event, of the last such one. */
export function webhookOf({ webhooks }: { webhooks: readonly Webhook[] }, event: string): Webhook {
  const found = webhooks.findLast((each) => each.event === event);
  if (found === undefined) throw new Error(`there was no ${event}`);
  return found;
}
