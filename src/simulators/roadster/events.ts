import type { CallbackEvent } from "./callbacks.ts";
import type { SimulatedCar, SimulatedCustomer } from "./world.ts";

/** What an event tells of. */
export interface Told {
  eventType: string;
  eventId: string;
  /** Ms UTC. */
  at: number;
  customer: SimulatedCustomer;
  car: SimulatedCar | null;
  /** What the endpoint has called this customer. */
  partner: Record<string, unknown> | null;
}

/** Event types that are sent here; only the first of them is documented (UPSTREAMS 0). */
export const eventTypes = [
  "agent_sent_message",
  "customer_started_purchase",
  "agent_checked_in_customer",
  "customer_reserved_vehicle",
] as const;

/** An event in the form of seed 004: all that is known of the customer by then, and what is nobody's business. */
export function eventOf({ eventType, eventId, at, customer, car, partner }: Told): CallbackEvent {
  const { id, dpid, email, firstName, lastName, agent } = customer;
  return {
    event_type: eventType,
    customer: {
      id,
      email,
      first_name: firstName,
      last_name: lastName,
      middle_name: null,
      phone: "+15555550123",
      address: { address1: null, city: "Springfield", state: "CA", zip: "90001", country: "US" },
      gov_id: "48120377",
      gov_id_type: "dni",
      referral_type: "api",
    },
    dealer: { dpid, partner_id: `P-${dpid}`, name: `Dealer ${dpid}` },
    ...(eventType === "agent_sent_message" && { message: messageTo(email) }),
    ...(car && { vehicle: { vin: car.vin, make: car.make, model: car.model, year: car.year, type: "New" } }),
    credit_applicant: {
      first_name: firstName,
      last_name: lastName,
      license_number: "X4410279",
      license_state: "CA",
      birth_date: "1984-02-17T00:00:00.000Z",
      ssn: "900-12-3456",
      jobs: [{ employer: "Example Inc.", income: 4100 }],
    },
    agent: agent ?? { id: 94_366, email: "ann.agent@example.com", full_name: "Ann Agent" },
    ...(partner && { api_partner: partner }),
    event_time: withOffset(at),
    event_id: eventId,
  };
}

const messageTo = (email: string) => ({
  body: "The car that you looked at is still here.",
  channels: ["email", "sms"],
  from: "Ann Agent",
  subject: "Your car",
  to_email: email,
});

/** The samples have the offset of the dealer. */
const withOffset = (at: number) => new Date(at - 7 * 3_600_000).toISOString().replace(/\.\d{3}Z$/, "-07:00");
