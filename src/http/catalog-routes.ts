import { Elysia } from "elysia";
import { z } from "zod";
import type { Catalog } from "../catalog/catalog.ts";
import { Problem } from "../problems.ts";
import { type Credentials, customersOnly } from "./credentials.ts";
import { type Description, describe } from "./describe.ts";

const entryParams = z.object({ eventType: z.string().meta({ examples: ["ae.asset.deal.sold.ams"] }) });

/** The event types that the hub knows. */
export function catalogRoutes({ catalog, credentials }: { catalog: Catalog; credentials: Credentials }) {
  return new Elysia({ prefix: "/event-catalog" })
    .use(customersOnly(credentials))
    .get("/", () => catalog.listing(), { detail: listDetail })
    .get(
      "/:eventType",
      ({ params }) => {
        const entry = catalog.find(params.eventType);
        if (entry === undefined) throw new Problem("event_type_not_found");
        return entry;
      },
      { params: entryParams, detail: entryDetail },
    );
}

const named = z.object({ eventType: z.string(), domain: z.string() });

const entrySchema = z.object({
  eventType: z.string(),
  domain: z.string().optional().describe("Of the auctions' own types."),
  source: z.string().optional().describe("The kind of connector that brings it."),
  summary: z.string(),
  schema: z.record(z.string(), z.unknown()).describe("A JSON Schema (2020-12) that needs no other file."),
  example: z.record(z.string(), z.unknown()),
});

const common = { tag: "Event catalog", auth: "customer" } satisfies Partial<Description>;

const listDetail = describe({
  ...common,
  summary: "List the event types",
  answers: {
    200: {
      description: "The auctions' own, also by domain, and those that connectors bring, by kind.",
      schema: z.object({
        domains: z.array(z.string()),
        eventTypes: z.array(named),
        byDomain: z.record(z.string(), z.array(z.string())),
        sources: z.record(z.string(), z.array(z.string())),
      }),
      example: {
        domains: ["asset", "auction"],
        eventTypes: [
          { eventType: "ae.asset.deal.sold.ams", domain: "asset" },
          { eventType: "ae.auction.sale.upserted.ams", domain: "auction" },
        ],
        byDomain: { asset: ["ae.asset.deal.sold.ams"], auction: ["ae.auction.sale.upserted.ams"] },
        sources: { manheim: ["manheim.consignments.checkedin"] },
      },
    },
  },
  problems: ["customer_disabled"],
});

const entryDetail = describe({
  ...common,
  summary: "Read an event type's schema and example",
  answers: {
    200: {
      description: "What a payload of this type looks like; payloads are not refused for looking different.",
      schema: entrySchema,
      example: {
        eventType: "ae.asset.deal.sold.ams",
        domain: "asset",
        summary: "A vehicle was sold.",
        schema: {
          type: "object",
          required: ["auction-id"],
          properties: { "auction-id": { type: "string" }, asset: { type: "object" } },
        },
        example: { "auction-id": "daanw", asset: { id: 12345, vin: "1HGBH41JXMN109186" } },
      },
    },
  },
  problems: ["customer_disabled", "event_type_not_found"],
});
