import { Elysia } from "elysia";
import { z } from "zod";
import type { Commands } from "../commands/commands.ts";
import { dealerAuction, type MarkName } from "../connectors/dealerauction/dealerauction.ts";
import type { MarkRequest } from "../connectors/dealerauction/marks.ts";
import type { Customer } from "../customers/customers.ts";
import type { Connectors } from "../intake/connectors.ts";
import {
  COMMAND_ANSWER_SECONDS,
  commandAnswer,
  commandProblems,
  idempotencyKeyOf,
  idempotencyKeyParameter,
  jsonAnswer,
  passOn,
} from "./command-answers.ts";
import { oneConnector } from "./connector-routes.ts";
import { type Credentials, customersOnly } from "./credentials.ts";
import { type Description, describe } from "./describe.ts";
import { jsonBody } from "./json-body.ts";
import { mayTake } from "./long-answer.ts";

const oneListing = oneConnector.extend({
  listingId: z
    .string()
    .max(200)
    .meta({ examples: ["cf17d47a-3ba5-452d-a18f-f03225aa6c27"] }),
});

/** What an int32 holds. */
const MAX_PRICE = 2 ** 31 - 1;

const soldBody = z.object({
  salePrice: z.int().min(1).max(MAX_PRICE).describe("What seller and buyer have agreed on, in whole pounds."),
});

/** One call, and how long its answer may take. */
interface Call {
  customer: Customer;
  params: z.infer<typeof oneListing>;
  request: Request;
  server: unknown;
}

/** DealerAuction's listings: read through, and marked. */
export function dealerAuctionRoutes(parts: {
  connectors: Connectors;
  commands: Commands;
  credentials: Credentials;
}) {
  const { connectors, commands, credentials } = parts;

  async function mark(name: MarkName, call: Call, price: Pick<MarkRequest, "salePrice"> = {}) {
    const { customer, params, request } = call;
    const idempotencyKey = idempotencyKeyOf(request);
    const { connectorId, connection } = connectors.connect(customer.id, params.name, dealerAuction);
    mayTake(COMMAND_ANSWER_SECONDS, call);
    const executed = await commands.execute<MarkRequest>({
      customer,
      connectorId,
      name,
      target: `listings/${params.listingId}`,
      request: { listingId: params.listingId, ...price },
      idempotencyKey,
      command: connection.commands[name],
    });
    return commandAnswer(executed, "listing");
  }

  return new Elysia({ prefix: "/connectors/:name/listings/:listingId" })
    .use(customersOnly(credentials))
    .get(
      "/",
      async ({ customer, params }) => {
        const { connection } = connectors.connect(customer.id, params.name, dealerAuction);
        const listing = await connection.listing(params.listingId).catch(passOn);
        return jsonAnswer(listing.text);
      },
      { params: oneListing, detail: readDetail },
    )
    .post("/mark-as-not-sold", (call) => mark("mark-as-not-sold", call), {
      parse: "none",
      params: oneListing,
      detail: notSoldDetail,
    })
    .post("/mark-as-provisional", (call) => mark("mark-as-provisional", call), {
      parse: "none",
      params: oneListing,
      detail: provisionalDetail,
    })
    .use(jsonBody) // from here on; the routes above look at no body
    .post("/mark-as-sold", ({ body, ...call }) => mark("mark-as-sold", call, body), {
      params: oneListing,
      body: soldBody,
      detail: soldDetail,
    });
}

const listingSchema = z.record(z.string(), z.unknown()).describe("As DealerAuction has it.");

const listing = {
  id: "cf17d47a-3ba5-452d-a18f-f03225aa6c27",
  stockId: "a10ab562-c0cd-4072-88eb-4115811f5aa1",
  status: "SOLD",
  auction: {
    created: "2025-01-01T10:00:00.000Z",
    startTime: "2025-01-01T10:00:00.000Z",
    endTime: "2025-01-01T11:00:00.000Z",
    bids: [{ value: 4800, time: "2025-01-01T10:30:00.000Z" }],
    reservePrice: 5200,
    reserveMet: false,
    currentPrice: 4800,
    type: "BID",
  },
  negotiation: {},
  sale: { price: 5000 },
};

const common = { tag: "Connectors", auth: "customer" } satisfies Partial<Description>;

const ofOne = ["invalid_input", "customer_disabled", "connector_not_found", "other_kind"] as const;

const readDetail = describe({
  ...common,
  summary: "Read a listing of DealerAuction",
  description: "Asks DealerAuction now; nothing is kept.",
  answers: { 200: { description: "The listing.", schema: listingSchema, example: listing } },
  problems: [
    ...ofOne,
    "upstream_bad_request",
    "upstream_forbidden",
    "upstream_not_found",
    "upstream_conflict",
    "upstream_failed",
  ],
});

const LOST =
  "Sent once at most: where the answer is lost, the listing is read to learn what happened. A 502 says in `outcome` whether it is `not-done`, or `unknown` where even that could not be learned; then the hub goes on looking, and the list of commands will tell. Answers within 90 seconds.";

const marked = {
  parameters: [idempotencyKeyParameter],
  answers: {
    200: {
      description: "It is done.",
      schema: z.object({ commandId: z.uuid(), outcome: z.literal("done"), listing: listingSchema }),
      example: { commandId: "0199b1c4-7a53-7b1a-8e60-0d9a4c1f2b3c", outcome: "done", listing },
    },
  },
} satisfies Partial<Description>;

const soldDetail = describe({
  ...common,
  ...marked,
  summary: "Mark a listing as sold",
  description: `Sells it to the highest bidder at this price. The listing must be PROVISIONAL and have a bid; else 409 with the state found. ${LOST}`,
  body: { schema: soldBody, example: { salePrice: 5000 } },
  problems: [...ofOne, "listing_state", ...commandProblems],
});

const notSoldDetail = describe({
  ...common,
  ...marked,
  summary: "Mark a listing as not sold",
  description: `The listing must be PROVISIONAL or SOLD; else 409 with the state found. Takes no body. ${LOST}`,
  problems: [...ofOne, "listing_state", ...commandProblems],
});

const provisionalDetail = describe({
  ...common,
  ...marked,
  summary: "Mark a listing as provisional",
  description: `Nothing is looked at beforehand: DealerAuction decides whether it may be. Takes no body. ${LOST}`,
  problems: [...ofOne, ...commandProblems],
});
