import type { Seams } from "../../seams.ts";
import { eventOf, eventTypes } from "./events.ts";
import type { RoadsterSimulator } from "./roadster.ts";

/** Cars in the world at its start, and in stock at most. */
const CARS = { atStart: 6, most: 12 };

/** Lets things happen in a world by chance, one at a time. */
export interface Life {
  /** Lets one thing happen; says in a few words what. */
  happen(): string;
}

/** Puts some cars into a dealer's inventory, and opens its life. */
export function openLife(simulator: RoadsterSimulator, seams: Pick<Seams, "clock" | "random">): Life {
  const { world, callbacks } = simulator;
  const { clock, random } = seams;
  const [dpid = ""] = simulator.dpids;
  let told = 0;
  for (let n = 0; n < CARS.atStart; n++) world.add(dpid);
  const [firstName, lastName, email] = ["Sam", "Buyer", "sam.buyer@example.com"];
  const customer = world.addCustomer({ dpid, email, firstName, lastName });

  function callBack(): string {
    const eventType = eventTypes[told % eventTypes.length] ?? "";
    const [car = null] = world.carsOf(dpid);
    const at = clock.now();
    const partner = callbacks.partnerOf(customer.id);
    const eventId = `${at.toString(36)}${++told}`;
    callbacks.deliver(eventOf({ eventType, eventId, at, customer, car, partner })).catch(() => {});
    return `${eventType} of customer ${customer.id} is sent`;
  }

  return {
    happen() {
      if (callbacks.url !== null && random() < 0.5) return callBack();
      const inStock = world.carsOf(dpid).filter(({ isInStock }) => isInStock);
      const car = inStock[Math.floor(random() * inStock.length)];
      if (car === undefined || (random() < 0.4 && inStock.length < CARS.most)) {
        return `${world.add(dpid).vin} comes in`;
      }
      const isSold = random() < 0.3;
      world.change(car, isSold ? { isInStock: false } : { msrp: car.msrp - 250 });
      return isSold ? `${car.vin} is sold` : `${car.vin} costs $${car.msrp}`;
    },
  };
}
