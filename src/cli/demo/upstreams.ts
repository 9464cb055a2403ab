import type { Seams } from "../../seams.ts";
import { startDealerAuction } from "../../simulators/dealerauction/dealerauction.ts";
import { startManheimSimulator } from "../../simulators/manheim/simulator.ts";
import { startPrivateAuto } from "../../simulators/privateauto/privateauto.ts";
import { eventOf } from "../../simulators/roadster/events.ts";
import { startRoadster } from "../../simulators/roadster/roadster.ts";

/** A simulated upstream that the demo's third dealer connects. */
export interface Upstream {
  kind: string;
  /** How people call it. */
  title: string;
  /** What its connector is set to. */
  settings: object;
  /** Sends its webhooks there, where it has any. */
  hear?(inboundUrl: string): void;
  /** Lets a few things happen in it. */
  happen(): void;
  /** Events that come of it at least, those of the start included. */
  least: number;
  stop(): Promise<void>;
}

/** Starts every upstream that is played, on loopback, each with a few cars in it. */
export function startUpstreams(seams: Seams): Upstream[] {
  return [startManheim(seams), startAuctions(seams), startPrivateDeals(seams), startShop(seams)];
}

function startManheim(seams: Seams): Upstream {
  const simulator = startManheimSimulator(seams);
  const { url, credentials, world } = simulator;
  const [first = "", second = ""] = [world.create(), world.create(), world.create()];
  return {
    kind: "manheim",
    title: "Manheim",
    settings: { baseUrl: url, ...credentials },
    happen() {
      world.checkIn(first);
      world.amend(second);
      world.create();
    },
    least: 6,
    stop: async () => simulator[Symbol.asyncDispose](),
  };
}

function startAuctions(seams: Seams): Upstream {
  const { url, username, password, customerIds, world, stop } = startDealerAuction({ seams, port: 0 });
  const [customerId = ""] = customerIds;
  const [first, second] = [world.add(customerId), world.add(customerId)];
  return {
    kind: "dealerauction",
    title: "DealerAuction",
    settings: { baseUrl: url, username, password, customerIds },
    happen() {
      const endsAt = seams.clock.now() + 60_000;
      const { id } = world.list(first.id, { endsAt, reservePrice: 3000 });
      world.bid(id, 3500);
      world.end(id);
      world.list(second.id, { endsAt, reservePrice: 5000 });
    },
    least: 6,
    stop,
  };
}

function startPrivateDeals(seams: Seams): Upstream {
  const { url, partnerId, sharedSecret, webhookSecret, world, deliveries, stop } = startPrivateAuto({
    seams,
  });
  return {
    kind: "privateauto",
    title: "PrivateAuto",
    settings: { baseUrl: url, partnerId, sharedSecret, webhookSecrets: [webhookSecret] },
    hear(inboundUrl) {
      deliveries.endpoint.url = inboundUrl;
    },
    happen() {
      const deal = world.sell({ vin: "1HGBH41JXMN109186", amount: 18_500 });
      world.accept(deal);
      world.complete(deal);
    },
    least: 5,
    stop,
  };
}

function startShop(seams: Seams): Upstream {
  const { url, apiKey, dpids, world, callbacks, stop } = startRoadster({ seams });
  const [dpid = ""] = dpids;
  const car = world.add(dpid);
  const [firstName, lastName, email] = ["Sam", "Buyer", "sam.buyer@example.com"];
  const customer = world.addCustomer({ dpid, email, firstName, lastName });
  return {
    kind: "roadster",
    title: "Roadster",
    settings: { baseUrl: url, apiKey, dpids },
    hear(inboundUrl) {
      callbacks.url = inboundUrl;
    },
    happen() {
      const at = seams.clock.now();
      const told = { eventType: "agent_sent_message", eventId: "demo-1", at, customer, car, partner: null };
      callbacks.deliver(eventOf(told)).catch(() => {}); // what did not arrive, the checks tell
      world.change(car, { msrp: car.msrp - 250 });
      world.add(dpid);
    },
    least: 4,
    stop,
  };
}
