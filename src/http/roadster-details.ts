import { z } from "zod";
import { commandProblems, idempotencyKeyParameter } from "./command-answers.ts";
import { type Description, describe } from "./describe.ts";
import { answers, done } from "./roadster-answers.ts";
import {
  agentBody,
  customerBody,
  deletionBody,
  formsBody,
  idsBody,
  linkBody,
  paymentsBody,
  storefrontBody,
  tradeInBody,
} from "./roadster-requests.ts";

const common = { tag: "Roadster", auth: "customer" } satisfies Partial<Description>;

const ofOne = ["invalid_input", "customer_disabled", "connector_not_found", "other_kind"] as const;

/** A question to Roadster, and what can be wrong with it. */
export const question = (answer: (typeof answers)[keyof typeof answers]) =>
  ({
    ...common,
    answers: { 200: answer },
    problems: [
      ...ofOne,
      "upstream_bad_request",
      "upstream_forbidden",
      "upstream_not_found",
      "upstream_conflict",
      "upstream_failed",
    ],
  }) satisfies Partial<Description>;

/** Something that changes Roadster's world, and what can be wrong with it. */
export const command = (answer: (typeof done)[keyof typeof done]) =>
  ({
    ...common,
    parameters: [idempotencyKeyParameter],
    answers: { 200: answer },
    problems: [...ofOne, ...commandProblems],
  }) satisfies Partial<Description>;

/** What is said of commands that may be sent again, and of those that may not. */
export const REPEATED =
  "Kept as a command. Roadster makes of a repeat what the first has made, so that it is sent up to three times where answers are lost; a 502 says in `outcome` whether it is `not-done` or `unknown`.";
export const SENT_ONCE =
  "Kept as a command and sent once at most: where the answer is lost, a 502 says in `outcome` whether it is `not-done`, or `unknown` where that could not be learned.";

const lakeside = { dpid: "lakeside" };
const camry = { vin: "4T1C11AK0LU322811", make: "Toyota", model: "Camry", trim: "LE", year: 2020 };
const campaign = { utm_source: "roadster-api", utm_medium: "email" };

const idsSchema = z.object({
  customer_id: z.string().optional(),
  lead_id: z.string().optional(),
  agent_id: z.string().optional(),
  dealer_id: z.string().optional(),
});

const ids = { customer_id: "C-6453", lead_id: "L-6459", agent_id: "A-007", dealer_id: "D-004" };

/** What is said of questions. */
export const NOTHING_KEPT = "Asks Roadster now; nothing is kept.";

/** How the routes of Roadster are described. */
export const details = {
  dealers: describe({
    ...question(answers.dealers),
    summary: "List the dealers of Roadster that you may speak for",
    description: NOTHING_KEPT,
  }),
  dealer: describe({
    ...question(answers.dealer),
    summary: "Read a dealer's configuration",
    description: `Fees, markups and rates. ${NOTHING_KEPT}`,
  }),
  inventory: describe({
    ...question(answers.inventory),
    summary: "Search a dealer's inventory",
    description: `New vehicles, sorted by VIN; the next page begins at the last VIN of this one. ${NOTHING_KEPT}`,
  }),
  vehicle: describe({
    ...question(answers.vehicle),
    summary: "Read a vehicle of a dealer's inventory",
    description: NOTHING_KEPT,
  }),
  plans: describe({
    ...question(answers.plans),
    summary: "List service and protection plans for a deal",
    description: NOTHING_KEPT,
  }),
  redirectLink: describe({
    ...question(answers.redirectLink),
    summary: "Make a link to a vehicle's page",
    description: "Changes nothing at Roadster, and nothing is kept.",
    body: { schema: linkBody, example: { dealer: lakeside, vehicle: camry, analytics: campaign } },
  }),
  payments: describe({
    ...question(answers.payments),
    summary: "Calculate the payments for a vehicle",
    description: "Changes nothing at Roadster, and nothing is kept.",
    body: {
      schema: paymentsBody,
      example: {
        customer: { credit_score: 750, incentives: ["loyalty"], zip_code: "94113" },
        dealer: lakeside,
        vehicle: camry,
        payment: { deal_type: "lease", customer_cash: 2000, term: 36, annual_mileage: 12000 },
      },
    },
  }),
  storefrontLink: describe({
    ...common,
    summary: "Make a storefront link that signs a customer in",
    description:
      "The customer is encrypted with the connector's `cipherKey` (AES-256-CBC); Roadster is not asked, and nothing is kept.",
    body: {
      schema: storefrontBody,
      example: {
        dpid: "lakeside",
        vin: "4T1C11AK0LU322811",
        customer: { fname: "Bea", lname: "Buyer", email: "bea.buyer@example.com", phone: "800-505-1000" },
      },
    },
    answers: { 200: answers.storefrontLink },
    problems: [...ofOne],
  }),
  readIds: describe({
    ...common,
    summary: "Read what your own system calls a Roadster customer",
    answers: { 200: { description: "Those that are set.", schema: idsSchema, example: ids } },
    problems: [...ofOne],
  }),
  setIds: describe({
    ...common,
    summary: "Say what your own system calls a Roadster customer",
    description:
      "Roadster's callbacks on this customer are answered with these ids, and name them in `api_partner` from then on. In place of those set before; what is left out is not set.",
    body: { schema: idsBody, example: ids },
    answers: { 200: { description: "Those that are set now.", schema: idsSchema, example: ids } },
    problems: [...ofOne, "not_ready"],
  }),
  createCustomer: describe({
    ...command(done.customer),
    summary: "Create a customer at a dealer",
    description: `One that exists already is a success with \`duplicate: true\`. ${REPEATED}`,
    body: {
      schema: customerBody,
      example: {
        customer: { first_name: "Sam", last_name: "Buyer", email: "sam.buyer@example.com" },
        dealer: lakeside,
        vehicle: camry,
        payment: { deal_type: "lease", lease_down: 1500, lease_months: 36, lease_miles: 10000 },
        plans: [{ id: 6160, code: "RBX301", tier: "5R" }],
        analytics: campaign,
        checkout: false,
      },
    },
  }),
  assignAgent: describe({
    ...command(done.agent),
    summary: "Assign an agent to a customer",
    description: REPEATED,
    body: {
      schema: agentBody,
      example: { agent: { id: "ID9876", email: "ann.agent@example.com" }, dealer: lakeside },
    },
  }),
  deleteDocuments: describe({
    ...command(done.deleted),
    summary: "Delete documents of a customer",
    description: SENT_ONCE,
    body: { schema: deletionBody, example: { dealer: lakeside, doc_ids: [1602287] } },
  }),
  tradeIn: describe({
    ...command(done.tradeIn),
    summary: "Offer a price for a customer's trade-in",
    description: `In place of an earlier offer for the same e-mail address, dealer and VIN. ${REPEATED}`,
    body: {
      schema: tradeInBody,
      example: {
        dpid: "lakeside",
        email: "sam.buyer@example.com",
        vin: "4T1C11AK0LU322811",
        value: 12500,
        year: 2020,
        make: "Toyota",
        model: "Camry LE",
        mileage: 95000,
      },
    },
  }),
  forms: describe({
    ...command(done.forms),
    summary: "Create the forms of an order",
    description: `A packet for customer and dealer to sign, made of templates and the order. ${SENT_ONCE}`,
    body: {
      schema: formsBody,
      example: { title: "Title documents for your review", template_ids: [1490] },
    },
  }),
};
