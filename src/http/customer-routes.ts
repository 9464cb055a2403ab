import { Elysia } from "elysia";
import { z } from "zod";
import type { Accounts } from "../customers/accounts.ts";
import { type AuctionIds, auctionIdsSchema } from "../customers/auction-ids.ts";
import { type Credentials, customersOnly } from "./credentials.ts";
import { describe } from "./describe.ts";
import { jsonBody } from "./json-body.ts";

const auctionIdsBody = z.object({ auctionIds: auctionIdsSchema });

/** A customer's own auction ids and API key. */
export function customerRoutes(parts: {
  accounts: Accounts;
  auctionIds: AuctionIds;
  credentials: Credentials;
}) {
  const { accounts, auctionIds, credentials } = parts;
  return new Elysia({ prefix: "/customers/me" })
    .use(customersOnly(credentials))
    .get("/auction-ids", ({ customer }) => ({ auctionIds: auctionIds.of(customer.id) }), {
      detail: readDetail,
    })
    .post("/api-key/rotate", ({ customer }) => accounts.rotateApiKey(customer), {
      parse: "none",
      detail: rotateDetail,
    })
    .use(jsonBody) // from here on; the routes above look at no body
    .put(
      "/auction-ids",
      async ({ customer, body }) => ({ auctionIds: await auctionIds.replace(customer.id, body.auctionIds) }),
      { body: auctionIdsBody, detail: replaceDetail },
    );
}

const auctionIdsAnswer = {
  schema: z.object({ auctionIds: z.array(z.string()) }),
  example: { auctionIds: ["daanw", "cpaa"] },
};

const readDetail = describe({
  tag: "Auction ids",
  summary: "List your auction ids",
  auth: "customer",
  answers: { 200: { description: "In the order they were given.", ...auctionIdsAnswer } },
  problems: ["customer_disabled"],
});

const replaceDetail = describe({
  tag: "Auction ids",
  summary: "Replace your auction ids",
  description:
    "You get the events that name one of these auctions. Where the hub's operator assigns the ids, you may only remove some.",
  auth: "customer",
  body: { schema: auctionIdsBody, example: { auctionIds: ["daanw", "cpaa"] } },
  answers: { 200: { description: "The ids from now on; duplicates are dropped.", ...auctionIdsAnswer } },
  problems: ["invalid_input", "customer_disabled", "operator_assigns_auction_ids"],
});

const rotateDetail = describe({
  tag: "Accounts",
  summary: "Make a new API key",
  description: "The one before it stops working at once.",
  auth: "customer",
  answers: {
    200: {
      description: "The new key.",
      schema: z.object({ apiKey: z.uuid(), rotatedAt: z.iso.datetime() }),
      example: { apiKey: "7d0f6a52-9c1b-4e8a-8f53-2b1c9e6d4a70", rotatedAt: "2025-01-01T00:00:00.000Z" },
    },
  },
  problems: ["customer_disabled"],
});
