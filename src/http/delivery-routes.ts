import { Elysia } from "elysia";
import { z } from "zod";
import { environments } from "../database/schema.ts";
import { type DeliveryList, shownStatuses } from "../delivery/delivery-list.ts";
import { type Credentials, customersOnly } from "./credentials.ts";
import { describe } from "./describe.ts";
import { instant } from "./instant.ts";
import { pagingQuery } from "./paging.ts";

const listQuery = z.object({
  environment: z.enum(environments).optional(),
  status: z.enum(shownStatuses).optional(),
  eventType: z.string().max(200).optional(),
  eventId: z.string().max(64).optional(),
  since: instant.optional().describe("Made at or after this instant, ISO 8601."),
  until: instant.optional().describe("Made before this instant, ISO 8601."),
  ...pagingQuery,
});

const deliveryParams = z.object({
  deliveryId: z.string().meta({ examples: ["0199b1c4-7a53-7b1a-8e60-0d9a4c1f2b3c"] }),
});

/** What was sent where: the list, and one delivery with its attempts. */
export function deliveryRoutes(parts: { credentials: Credentials; deliveryList: DeliveryList }) {
  const { credentials, deliveryList } = parts;
  return new Elysia({ prefix: "/deliveries" })
    .use(customersOnly(credentials))
    .get(
      "/",
      async ({ customer, query: { limit, lastKey, ...filter } }) => {
        const { items, nextKey } = await deliveryList.page(customer, filter, { limit, lastKey });
        return { deliveries: items, nextKey };
      },
      { query: listQuery, detail: listDetail },
    )
    .get("/:deliveryId", ({ customer, params }) => deliveryList.find(customer, params.deliveryId), {
      params: deliveryParams,
      detail: readDetail,
    });
}

/** A delivery on the wire, for the documentation. */
export const deliverySchema = z.object({
  deliveryId: z.uuid(),
  customerId: z.uuid(),
  eventType: z.string(),
  environment: z.enum(environments),
  webhookUrl: z.string().describe("The URL last tried."),
  payload: z.string().describe("The webhook's body, byte for byte."),
  status: z.enum(shownStatuses),
  attempts: z.int(),
  lastAttemptAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  responseStatus: z.int().nullable(),
  responseBody: z.string().nullable().describe("Its first 4 KiB."),
  eventId: z.uuid(),
  nextAttemptAt: z.iso.datetime().nullable(),
  replayOf: z.uuid().nullable().describe("The dead letter that this delivery repeats."),
});

/** An attempt on the wire, for the documentation. */
export const attemptSchema = z.object({
  attempt: z.int(),
  at: z.iso.datetime(),
  durationMs: z.number(),
  resolveMs: z.number().nullable(),
  firstByteMs: z.number().nullable(),
  outcome: z.string(),
  requestHeaders: z.record(z.string(), z.string()),
  responseStatus: z.int().nullable(),
  responseHeaders: z.record(z.string(), z.string()).nullable(),
  responseBody: z.string().nullable(),
  webhookUrl: z.string(),
});

/** One that was accepted at once. */
export const deliveryExample: z.infer<typeof deliverySchema> = {
  deliveryId: "0199b1c4-7a53-7b1a-8e60-0d9a4c1f2b3c",
  customerId: "0199b1c4-7a52-7c3e-9d1f-5f0a3c2b1e4d",
  eventType: "ae.asset.deal.sold.ams",
  environment: "production",
  webhookUrl: "https://example.com/webhook",
  payload: '{"auction-id":"daanw","asset":{"id":12345,"stock":"A12345","vin":"1HGBH41JXMN109186"}}',
  status: "success",
  attempts: 1,
  lastAttemptAt: "2025-01-01T00:00:05.000Z",
  createdAt: "2025-01-01T00:00:00.000Z",
  responseStatus: 200,
  responseBody: "OK",
  eventId: "0199b1c4-7a51-7f00-a1b2-c3d4e5f60718",
  nextAttemptAt: null,
  replayOf: null,
};

/** One that was accepted. */
export const attemptExample: z.infer<typeof attemptSchema> = {
  attempt: 1,
  at: "2025-01-01T00:00:05.000Z",
  durationMs: 41.2,
  resolveMs: 3.1,
  firstByteMs: 40.8,
  outcome: "accepted",
  requestHeaders: { "X-Webhook-Event": "ae.asset.deal.sold.ams", "X-Webhook-Timestamp": "1735689605" },
  responseStatus: 200,
  responseHeaders: { "content-type": "text/plain" },
  responseBody: "OK",
  webhookUrl: "https://example.com/webhook",
};

const listDetail = describe({
  tag: "Deliveries",
  summary: "List deliveries, newest first",
  description:
    "A page also ends at 4 MiB. Pages are stable while rows arrive: no row comes twice, none is left out.",
  auth: "customer",
  answers: {
    200: {
      description: "A page; `nextKey` is null on the last.",
      schema: z.object({ deliveries: z.array(deliverySchema), nextKey: z.string().nullable() }),
      example: { deliveries: [deliveryExample], nextKey: null },
    },
  },
  problems: ["invalid_input", "invalid_page_key", "customer_disabled"],
});

const readDetail = describe({
  tag: "Deliveries",
  summary: "Read one delivery with its attempts",
  auth: "customer",
  answers: {
    200: {
      description: "The delivery and, in `attemptLog`, what was sent and what came back each time.",
      schema: deliverySchema.extend({ attemptLog: z.array(attemptSchema) }),
      example: { ...deliveryExample, attemptLog: [attemptExample] },
    },
  },
  problems: ["customer_disabled", "delivery_not_found"],
});
