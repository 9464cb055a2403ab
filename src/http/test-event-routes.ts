import { Elysia } from "elysia";
import { z } from "zod";
import type { Config } from "../config.ts";
import type { SendTestEvent } from "../delivery/test-events.ts";
import { type Credentials, customersOnly } from "./credentials.ts";
import { attemptExample, attemptSchema, deliveryExample } from "./delivery-routes.ts";
import { describe } from "./describe.ts";
import { mayTake } from "./long-answer.ts";
import { oneSubscription } from "./subscription-routes.ts";

/** What an answer may take beyond the attempt itself, seconds. */
const BESIDE_THE_ATTEMPT_SECONDS = 30;

interface Parts {
  credentials: Credentials;
  sendTestEvent: SendTestEvent;
  config: Pick<Config, "deliveryTimeoutMs">;
}

/** Trying out a receiver. */
export const testEventRoutes = ({ credentials, sendTestEvent, config }: Parts) =>
  new Elysia({ prefix: "/subscriptions" }).use(customersOnly(credentials)).post(
    "/:environment/:eventType/test",
    ({ customer, params, request, server }) => {
      mayTake(config.deliveryTimeoutMs / 1000 + BESIDE_THE_ATTEMPT_SECONDS, { server, request });
      return sendTestEvent(customer.id, params);
    },
    { parse: "none", params: oneSubscription, detail: testDetail },
  );

const resultSchema = attemptSchema.omit({ attempt: true, at: true }).extend({
  payload: z.string().describe("The webhook's body."),
  reason: z.string().nullable().describe("Why it failed; null where it was accepted."),
  eventType: z.string().describe("For a pattern, the first that it matches."),
});

const { attempt: _, at: __, ...sent } = attemptExample;

const testDetail = describe({
  tag: "Subscriptions",
  summary: "Send a test event",
  description:
    "Sends the catalog's example of the event type once and at once, signed and checked like any other, with the header `X-Webhook-Test: true`. It stands in no list and counts in no statistic; a paused subscription can be tested, too. At most 10 in a minute.",
  auth: "customer",
  answers: {
    200: {
      description: "What the receiver made of it, also where that was a failure.",
      schema: resultSchema,
      example: {
        ...sent,
        requestHeaders: { ...sent.requestHeaders, "X-Webhook-Test": "true" },
        payload: deliveryExample.payload,
        reason: null,
        eventType: deliveryExample.eventType,
      } satisfies z.infer<typeof resultSchema>,
    },
  },
  problems: ["invalid_input", "customer_disabled", "subscription_not_found", "too_many_requests"],
});
