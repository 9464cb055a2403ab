import { Elysia } from "elysia";
import { z } from "zod";
import { environments } from "../database/schema.ts";
import { type DeadLetterGroups, MAX_GROUPS } from "../delivery/dead-letter-groups.ts";
import type { DeadLetters } from "../delivery/dead-letters.ts";
import { type Credentials, customersOnly } from "./credentials.ts";
import { deliveryExample, deliverySchema } from "./delivery-routes.ts";
import { describe } from "./describe.ts";
import { instant } from "./instant.ts";
import { jsonBody } from "./json-body.ts";
import { mayTake } from "./long-answer.ts";
import { pagingQuery } from "./paging.ts";

/** Longer than the replay of a million takes. */
const REPLAY_ANSWER_SECONDS = 600;

const deadLetterParams = z.object({
  deliveryId: z.string().meta({ examples: ["0199b1c4-7a53-7b1a-8e60-0d9a4c1f2b3c"] }),
});

const replayFilter = z.object({
  environment: z.enum(environments).optional(),
  eventType: z.string().max(200).optional().describe('A name, a namespace such as "ae.asset.*", or "*".'),
  subscription: z
    .string()
    .max(220)
    .regex(/^(?:sandbox|production)#./, 'must be an environment, "#" and an event type or pattern')
    .optional()
    .describe("The subscription's `sk`."),
  reason: z.string().max(1000).optional().describe("The `failureReason`, to the letter."),
  since: instant.optional().describe("Made at or after this instant, ISO 8601."),
  until: instant.optional().describe("Made before this instant, ISO 8601."),
});

/** The dead letter queue: the list, the groups, replay of one, replay of all. */
export function deadLetterRoutes(parts: {
  credentials: Credentials;
  deadLetters: DeadLetters;
  deadLetterGroups: DeadLetterGroups;
}) {
  const { credentials, deadLetters, deadLetterGroups } = parts;
  return new Elysia({ prefix: "/deliveries/dlq" })
    .use(customersOnly(credentials))
    .get(
      "/",
      async ({ customer, query }) => {
        const { items, nextKey } = await deadLetters.page(customer, query);
        return { entries: items, nextKey };
      },
      { query: z.object(pagingQuery), detail: listDetail },
    )
    .get("/groups", async ({ customer }) => ({ groups: await deadLetterGroups(customer.id) }), {
      detail: groupsDetail,
    })
    .post(
      "/:deliveryId/replay",
      async ({ customer, params }) => {
        await deadLetters.replay(customer, params.deliveryId);
        return { queued: true };
      },
      { parse: "none", params: deadLetterParams, detail: replayDetail },
    )
    .use(jsonBody) // from here on; the routes above look at no body
    .post(
      "/replay",
      ({ customer, query, body, request, server }) => {
        mayTake(REPLAY_ANSWER_SECONDS, { server, request });
        return deadLetters.replayAll(customer, { ...query, ...body });
      },
      { query: replayFilter, body: replayFilter.strict().optional(), detail: replayAllDetail },
    );
}

const shared = {
  deliveryId: true,
  customerId: true,
  eventType: true,
  environment: true,
  webhookUrl: true,
  payload: true,
  attempts: true,
  createdAt: true,
} as const;

const deadLetterSchema = deliverySchema.pick(shared).extend({
  failureReason: z.string(),
  movedToDLQAt: z.iso.datetime(),
  replayedAt: z.iso.datetime().nullable(),
});

const deadLetterExample: z.infer<typeof deadLetterSchema> = {
  ...deliverySchema.pick(shared).parse(deliveryExample),
  attempts: 3,
  failureReason: "HTTP 500: Internal Server Error",
  movedToDLQAt: "2025-01-01T00:00:35.000Z",
  replayedAt: null,
};

const listDetail = describe({
  tag: "Dead letters",
  summary: "List dead letters, newest first",
  auth: "customer",
  answers: {
    200: {
      description: "A page; `nextKey` is null on the last.",
      schema: z.object({ entries: z.array(deadLetterSchema), nextKey: z.string().nullable() }),
      example: { entries: [deadLetterExample], nextKey: null },
    },
  },
  problems: ["invalid_input", "invalid_page_key", "customer_disabled"],
});

const groupsDetail = describe({
  tag: "Dead letters",
  summary: "See your dead letters by subscription and reason",
  description: `Those that nobody has replayed; the ${MAX_GROUPS} largest groups. A group is replayed by its \`subscription\` (environment, \`#\`, event type) and \`reason\`.`,
  auth: "customer",
  answers: {
    200: {
      description: "The largest first.",
      schema: z.object({
        groups: z.array(
          z.object({
            environment: z.enum(environments),
            eventType: z.string().describe("The subscription's."),
            reason: z.string(),
            count: z.int(),
            oldestAt: z.iso.datetime().describe("When the first of them became a dead letter."),
            newestAt: z.iso.datetime(),
          }),
        ),
      }),
      example: {
        groups: [
          {
            environment: "production",
            eventType: "ae.asset.*",
            reason: "HTTP 500: Internal Server Error",
            count: 42,
            oldestAt: "2025-01-01T00:00:35.000Z",
            newestAt: "2025-01-01T06:00:35.000Z",
          },
        ],
      },
    },
  },
  problems: ["customer_disabled"],
});

const replayDetail = describe({
  tag: "Dead letters",
  summary: "Replay one dead letter",
  description:
    "Makes a new delivery of the same event, with all its attempts before it, to the subscription's present URL. The dead letter stays and shows when it was replayed.",
  auth: "customer",
  answers: {
    200: { description: "Queued.", schema: z.object({ queued: z.boolean() }), example: { queued: true } },
  },
  problems: ["customer_disabled", "dead_letter_not_found", "already_replayed", "subscription_deleted"],
});

const replayAllDetail = describe({
  tag: "Dead letters",
  summary: "Replay all unreplayed dead letters, or some",
  description:
    "Oldest first; the answer comes when the last is queued. The filters may stand in the body or in the query; without any, all are replayed. `failed` counts those that cannot be queued because their subscription was deleted.",
  auth: "customer",
  body: {
    schema: replayFilter,
    required: false,
    example: { environment: "production", eventType: "ae.asset.*", since: "2025-01-01T00:00:00.000Z" },
  },
  answers: {
    200: {
      description: "How many were queued.",
      schema: z.object({ queued: z.int(), failed: z.int() }),
      example: { queued: 5, failed: 0 },
    },
  },
  problems: ["invalid_input", "customer_disabled"],
});
