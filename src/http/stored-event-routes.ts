import { Elysia } from "elysia";
import { z } from "zod";
import { environments } from "../database/schema.ts";
import { shownStatuses } from "../delivery/delivery-list.ts";
import { type Explain, MAX_EXPLAINED } from "../routing/explain.ts";
import { reasons } from "../routing/why-not.ts";
import { type Credentials, customersOnly } from "./credentials.ts";
import { describe } from "./describe.ts";

const eventParams = z.object({
  eventId: z.string().meta({ examples: ["0199b1c4-7a51-7f00-a1b2-c3d4e5f60718"] }),
});

/** Events that came in: one by one, and why each went where it did. */
export const storedEventRoutes = ({ credentials, explain }: { credentials: Credentials; explain: Explain }) =>
  new Elysia({ prefix: "/events" })
    .use(customersOnly(credentials))
    .get("/:eventId", ({ customer, params }) => explain.event(customer, params.eventId), {
      params: eventParams,
      detail: readDetail,
    })
    .get("/:eventId/explain", ({ customer, params }) => explain.explain(customer, params.eventId), {
      params: eventParams,
      detail: explainDetail,
    });

const eventSchema = z.object({
  eventId: z.uuid(),
  eventType: z.string(),
  environment: z.enum(environments),
  door: z.string().describe("`publisher:<name>`, or `connector:<connectorId>` of a connector of yours."),
  admittedAt: z.iso.datetime(),
  auctionIds: z.array(z.string()).describe("Those it names; empty where it names none."),
});

const eventExample: z.infer<typeof eventSchema> = {
  eventId: "0199b1c4-7a51-7f00-a1b2-c3d4e5f60718",
  eventType: "ae.asset.deal.sold.ams",
  environment: "production",
  door: "publisher:default",
  admittedAt: "2025-01-01T00:00:00.000Z",
  auctionIds: ["daanw"],
};

const explanationSchema = z.object({
  event: eventSchema,
  subscriptions: z
    .array(
      z.object({
        environment: z.enum(environments),
        eventType: z.string(),
        matched: z.boolean().describe("Whether the event went to it when it came in."),
        reason: z
          .enum(reasons)
          .nullable()
          .describe("Why it did not, as things stood then; null where it did."),
        sentence: z.string(),
        deliveries: z
          .array(
            z.object({
              deliveryId: z.uuid(),
              status: z.enum(shownStatuses),
              attempts: z.int(),
              failureReason: z.string().nullable(),
              replayOf: z.uuid().nullable(),
              createdAt: z.iso.datetime(),
              nextAttemptAt: z.iso.datetime().nullable(),
            }),
          )
          .describe("Oldest first, those that a replay or a recovery made later among them."),
      }),
    )
    .describe(`Those that have most to do with the event first; at most ${MAX_EXPLAINED}.`),
  omitted: z.int().describe("How many of your subscriptions are not listed."),
  sentence: z.string(),
});

const explanationExample: z.infer<typeof explanationSchema> = {
  event: eventExample,
  subscriptions: [
    {
      environment: "production",
      eventType: "ae.asset.*",
      matched: true,
      reason: null,
      sentence: "It asked for this type and was active.",
      deliveries: [
        {
          deliveryId: "0199b1c4-7a53-7b1a-8e60-0d9a4c1f2b3c",
          status: "success",
          attempts: 1,
          failureReason: null,
          replayOf: null,
          createdAt: "2025-01-01T00:00:00.000Z",
          nextAttemptAt: null,
        },
      ],
    },
    {
      environment: "production",
      eventType: "ae.asset.deal.sold.ams",
      matched: false,
      reason: "paused",
      sentence: "It was paused when the event came in.",
      deliveries: [],
    },
  ],
  omitted: 0,
  sentence: "It came from publisher default and went to 1 of your 2 subscriptions: 1 delivered.",
};

const readDetail = describe({
  tag: "Events",
  summary: "Read one event",
  description:
    "Yours are those that were delivered to you, that a connector of yours brought, and that name an auction which has been yours since before they came in.",
  auth: "customer",
  answers: {
    200: {
      description: "The event.",
      schema: eventSchema.extend({ payload: z.string().describe("As it came, byte for byte.") }),
      example: { ...eventExample, payload: '{"auction-id":"daanw","asset":{"id":12345}}' },
    },
  },
  problems: ["customer_disabled", "event_not_found"],
});

const explainDetail = describe({
  tag: "Events",
  summary: "Explain why an event was, or was not, delivered",
  description: "Tells for each of your subscriptions whether the event went to it, and what became of it.",
  auth: "customer",
  answers: {
    200: {
      description: "As things stood when the event came in, with what has happened since.",
      schema: explanationSchema,
      example: explanationExample,
    },
  },
  problems: ["customer_disabled", "event_not_found"],
});
