import type { Seams } from "../../seams.ts";
import { startDealerAuction } from "../../simulators/dealerauction/dealerauction.ts";
import { startManheimSimulator } from "../../simulators/manheim/simulator.ts";

/** A simulated upstream that the demo's third dealer connects. */
export interface Upstream {
  kind: string;
  /** How people call it. */
  title: string;
  /** What its connector is set to. */
  settings: object;
  /** Lets a few things happen in it. */
  happen(): void;
  stop(): Promise<void>;
}

/** Starts every upstream that is played, on loopback, each with a few cars in it. */
export function startUpstreams(seams: Seams): Upstream[] {
  return [startManheim(seams), startAuctions(seams)];
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
    stop,
  };
}
