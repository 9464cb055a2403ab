import { Elysia } from "elysia";
import { z } from "zod";
import type { Subscription } from "../customers/subscription-rows.ts";
import type { Subscriptions } from "../customers/subscriptions.ts";
import { Problem } from "../problems.ts";
import type { Recoveries, ShownRecovery } from "../routing/recoveries.ts";
import { type Credentials, customersOnly } from "./credentials.ts";
import { type Description, describe } from "./describe.ts";
import { instant } from "./instant.ts";
import { jsonBody } from "./json-body.ts";
import { oneSubscription } from "./subscription-routes.ts";

const oneRecovery = oneSubscription.extend({
  recoveryId: z.string().meta({ examples: ["0199b1c4-7a53-7b1a-8e60-0d9a4c1f2b3c"] }),
});

const beginBody = z.object({
  since: instant.describe("Events admitted at or after this instant, ISO 8601."),
  until: instant.optional().describe("Events admitted before this instant; left out: up to now."),
});

/** Deliveries of stored events that a subscription missed. */
export function recoveryRoutes(parts: {
  subscriptions: Subscriptions;
  recoveries: Recoveries;
  credentials: Credentials;
}) {
  const { subscriptions, recoveries, credentials } = parts;
  const find = (customerId: number, key: z.infer<typeof oneSubscription>): Subscription => {
    const subscription = subscriptions.find(customerId, key);
    if (subscription === null) throw new Problem("subscription_not_found");
    return subscription;
  };
  return new Elysia({ prefix: "/subscriptions/:environment/:eventType/recover" })
    .use(customersOnly(credentials))
    .get("/", ({ customer, params }) => ({ recoveries: recoveries.list(find(customer.id, params).id) }), {
      params: oneSubscription,
      detail: listDetail,
    })
    .get(
      "/:recoveryId",
      ({ customer, params }) => recoveries.find(find(customer.id, params).id, params.recoveryId),
      { params: oneRecovery, detail: readDetail },
    )
    .delete(
      "/:recoveryId",
      async ({ customer, params }) => {
        await recoveries.cancel(find(customer.id, params).id, params.recoveryId);
        return new Response(null, { status: 204 });
      },
      { parse: "none", params: oneRecovery, detail: cancelDetail },
    )
    .use(jsonBody) // from here on; the routes above look at no body
    .post(
      "/",
      async ({ customer, params, body, status }) =>
        status(202, await recoveries.begin(find(customer.id, params), body)),
      { params: oneSubscription, body: beginBody, detail: beginDetail },
    );
}

const recoverySchema = z.object({
  recoveryId: z.uuid(),
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  status: z.enum(["running", "finished", "cancelled"]),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  events: z.int().describe("Matching events looked at so far."),
  deliveries: z.int().describe("Deliveries made so far."),
});

const example: ShownRecovery = {
  recoveryId: "0199b1c4-7a53-7b1a-8e60-0d9a4c1f2b3c",
  since: "2025-01-01T00:00:00.000Z",
  until: "2025-01-01T06:00:00.000Z",
  status: "running",
  createdAt: "2025-01-01T06:00:00.000Z",
  finishedAt: null,
  events: 1200,
  deliveries: 340,
};

const common = { tag: "Subscriptions", auth: "customer" } satisfies Partial<Description>;

const beginDetail = describe({
  ...common,
  summary: "Recover what a subscription missed",
  description:
    "Makes deliveries of every stored event of that time that the subscription matches and was not delivered: it was paused, did not exist yet, or the delivery became a dead letter, which is then replayed. What was delivered or is pending is left alone.",
  body: { schema: beginBody, example: { since: example.since, until: example.until } },
  answers: {
    202: { description: "It runs; read it to see how far it is.", schema: recoverySchema, example },
  },
  problems: ["invalid_input", "customer_disabled", "subscription_not_found", "recovery_running"],
});

const listDetail = describe({
  ...common,
  summary: "List a subscription's recoveries",
  answers: {
    200: {
      description: "The last 100, newest first; one that has ended is kept for RETENTION_DAYS.",
      schema: z.object({ recoveries: z.array(recoverySchema) }),
      example: { recoveries: [example] },
    },
  },
  problems: ["invalid_input", "customer_disabled", "subscription_not_found"],
});

const readDetail = describe({
  ...common,
  summary: "Read a recovery",
  answers: { 200: { description: "How far it is.", schema: recoverySchema, example } },
  problems: ["invalid_input", "customer_disabled", "subscription_not_found", "recovery_not_found"],
});

const cancelDetail = describe({
  ...common,
  summary: "Cancel a recovery",
  description: "The deliveries it has made stay.",
  answers: { 204: { description: "Cancelled." } },
  problems: [
    "invalid_input",
    "customer_disabled",
    "subscription_not_found",
    "recovery_not_found",
    "recovery_ended",
  ],
});
