import { Elysia } from "elysia";
import { z } from "zod";
import type { ShownSubscription, Subscriptions } from "../customers/subscriptions.ts";
import { environments } from "../database/schema.ts";
import { type Credentials, customersOnly } from "./credentials.ts";
import { type Description, describe } from "./describe.ts";
import { jsonBody } from "./json-body.ts";

const URL_MAX_LENGTH = 2048;

/** Of `sandbox` and `production`. */
const environmentSchema = z.enum(environments).meta({ examples: ["sandbox"] });

const inEnvironment = z.object({ environment: environmentSchema });

/** Which of a customer's subscriptions. */
export const oneSubscription = z.object({
  environment: environmentSchema,
  eventType: z.string().meta({ examples: ["ae.asset.deal.sold.ams"] }),
});

const putBody = z.object({
  eventType: z.string().describe('A name, a namespace such as "ae.asset.*", or "*".'),
  webhookUrl: z.string().max(URL_MAX_LENGTH).optional().describe("May be left out where it stays as it is."),
  recovery: z
    .enum(["manual", "automatic"])
    .optional()
    .describe(
      "`automatic`: once the receiver answers again, the hub replays its dead letters by itself; `manual` (default): a person does.",
    ),
});

const statusBody = z.object({ status: z.enum(["active", "paused"]) });

/** What a customer wants to hear of, and where. */
export function subscriptionRoutes(parts: { subscriptions: Subscriptions; credentials: Credentials }) {
  const { subscriptions, credentials } = parts;
  return new Elysia({ prefix: "/subscriptions" })
    .use(customersOnly(credentials))
    .get("/promote", ({ customer }) => ({ changes: subscriptions.previewPromotion(customer) }), {
      detail: previewDetail,
    })
    .get("/:environment", ({ customer, params }) => subscriptions.list(customer, params.environment), {
      params: inEnvironment,
      detail: listDetail,
    })
    .delete(
      "/:environment/:eventType",
      async ({ customer, params }) => {
        await subscriptions.remove(customer, params);
        return new Response(null, { status: 204 });
      },
      { parse: "none", params: oneSubscription, detail: removeDetail },
    )
    .post("/promote", ({ customer }) => subscriptions.promote(customer), {
      parse: "none",
      detail: promoteDetail,
    })
    .use(jsonBody) // from here on; the routes above look at no body
    .put(
      "/:environment",
      async ({ customer, params, body, status }) =>
        status(201, await subscriptions.put(customer, { ...body, environment: params.environment })),
      { params: inEnvironment, body: putBody, detail: putDetail },
    )
    .patch(
      "/:environment/:eventType/status",
      async ({ customer, params, body }) => {
        await subscriptions.setStatus(customer, params, body.status);
        return new Response(null, { status: 204 });
      },
      { params: oneSubscription, body: statusBody, detail: statusDetail },
    );
}

const subscriptionSchema = z.object({
  customerId: z.uuid(),
  sk: z.string(),
  environment: z.enum(environments),
  eventType: z.string(),
  webhookUrl: z.string(),
  status: z.enum(["active", "paused"]),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  recovery: z.enum(["manual", "automatic"]),
  health: z
    .enum(["ok", "failing"])
    .describe("`failing` from the first failed attempt since the last success."),
  failingSince: z.iso.datetime().nullable(),
  lastSuccessAt: z.iso.datetime().nullable(),
  consecutiveFailures: z.int().describe("Attempts that failed since the last success."),
  warning: z.string().optional().describe("Why it may get nothing as things stand."),
});

const example: ShownSubscription = {
  customerId: "0199b1c4-7a52-7c3e-9d1f-5f0a3c2b1e4d",
  sk: "sandbox#ae.asset.deal.sold.ams",
  environment: "sandbox",
  eventType: "ae.asset.deal.sold.ams",
  webhookUrl: "https://example.com/webhook",
  status: "active",
  createdAt: "2025-01-01T00:00:00.000Z",
  updatedAt: "2025-01-01T00:00:00.000Z",
  recovery: "manual",
  health: "ok",
  failingSince: null,
  lastSuccessAt: "2025-01-01T00:00:00.000Z",
  consecutiveFailures: 0,
};

const common = { tag: "Subscriptions", auth: "customer" } satisfies Partial<Description>;

const listDetail = describe({
  ...common,
  summary: "List your subscriptions in an environment",
  answers: {
    200: {
      description: "In the order of their creation.",
      schema: z.array(subscriptionSchema),
      example: [example],
    },
  },
  problems: ["invalid_input", "customer_disabled"],
});

const putDetail = describe({
  ...common,
  summary: "Create or change a subscription",
  description:
    "There is one for each event type or pattern in an environment. A change keeps its status and what the body leaves out.",
  body: { schema: putBody, example: { eventType: example.eventType, webhookUrl: example.webhookUrl } },
  answers: { 201: { description: "The subscription as it is now.", schema: subscriptionSchema, example } },
  problems: ["invalid_input", "invalid_event_type", "refused_target", "customer_disabled"],
});

const removeDetail = describe({
  ...common,
  summary: "Delete a subscription",
  description: "Its pending deliveries are cancelled.",
  answers: { 204: { description: "Deleted." } },
  problems: ["invalid_input", "customer_disabled", "subscription_not_found"],
});

const statusDetail = describe({
  ...common,
  summary: "Pause or resume a subscription",
  description: "A paused one gets no new deliveries; those already pending wait until it is resumed.",
  body: { schema: statusBody, example: { status: "paused" } },
  answers: { 204: { description: "Done." } },
  problems: ["invalid_input", "customer_disabled", "subscription_not_found"],
});

const copiedSchema = subscriptionSchema.pick({ webhookUrl: true, status: true, recovery: true });

const { webhookUrl, status, recovery } = example;
const copiedExample = { webhookUrl, status, recovery };

const previewDetail = describe({
  ...common,
  summary: "See what promoting would change",
  description:
    "One entry for each active subscription of the sandbox; all others of production stay as they are.",
  answers: {
    200: {
      description: "In the order of their creation; nothing was changed.",
      schema: z.object({
        changes: z.array(
          z.object({
            eventType: z.string(),
            change: z.enum(["create", "update", "none"]),
            before: copiedSchema.nullable().describe("null: production has no such subscription."),
            after: copiedSchema,
          }),
        ),
      }),
      example: {
        changes: [
          {
            eventType: example.eventType,
            change: "update",
            before: { ...copiedExample, webhookUrl: "https://old.example.com/webhook" },
            after: copiedExample,
          },
        ],
      },
    },
  },
  problems: ["invalid_input", "customer_disabled"],
});

const promoteDetail = describe({
  ...common,
  summary: "Copy the active sandbox subscriptions to production",
  description: "Those that production has already get the sandbox's URL and become active.",
  answers: {
    200: {
      description: "The production subscriptions that were created or updated.",
      schema: z.object({ promoted: z.array(subscriptionSchema), count: z.int() }),
      example: {
        promoted: [{ ...example, sk: "production#ae.asset.deal.sold.ams", environment: "production" }],
        count: 1,
      },
    },
  },
  problems: ["invalid_input", "customer_disabled"],
});
