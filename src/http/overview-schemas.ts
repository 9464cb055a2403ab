import { z } from "zod";
import type { Overview } from "../overview/overview.ts";
import { DAY, type Division, HOUR, spanOf } from "../overview/spans.ts";
import { connectorExample, connectorSchema } from "./connector-schemas.ts";

const spanSchema = z.object({
  buckets: z
    .array(z.object({ at: z.iso.datetime(), eventsIn: z.int(), delivered: z.int(), failed: z.int() }))
    .describe("Oldest first; the last is the one that time stands in."),
  eventsIn: z.int().describe("Events that came to you, each once however many subscriptions it went to."),
  delivered: z.int(),
  failed: z.int().describe("Deliveries that became dead letters."),
  successShare: z
    .number()
    .nullable()
    .describe("delivered / (delivered + failed); null when there were none."),
  latencyMs: z
    .object({ p50: z.number().nullable(), p99: z.number().nullable() })
    .describe(
      "From acceptance to delivery where the first attempt succeeded, within 5 %; null when none did.",
    ),
});

/** An overview on the wire, for the documentation. */
export const overviewSchema = z.object({
  now: z.iso.datetime(),
  pending: z.int().describe("Deliveries that wait for an attempt or are under way."),
  deadLetters: z.int().describe("Those that nobody has replayed."),
  failingSubscriptions: z.int().describe("Those whose last attempt failed."),
  activeSubscriptions: z.int(),
  hour: spanSchema.describe("60 buckets of a minute."),
  day: spanSchema.describe("96 buckets of 15 minutes."),
  connectors: z.array(
    connectorSchema.pick({ name: true, kind: true, status: true, nextRunAt: true, lastError: true }),
  ),
});

const NOW = Date.UTC(2025, 0, 1, 6, 0, 2);

const spanExample = (division: Division) =>
  spanOf(
    [{ at: Date.UTC(2025, 0, 1, 6), eventsIn: 12, delivered: 24, failed: 1, latencies: new Map([[30, 24]]) }],
    division,
    NOW,
  );

const { name, kind, status, nextRunAt, lastError } = connectorExample;

/** An example of an overview. */
export const overviewExample: Overview = {
  now: new Date(NOW).toISOString(),
  pending: 3,
  deadLetters: 1,
  failingSubscriptions: 1,
  activeSubscriptions: 4,
  hour: spanExample(HOUR),
  day: spanExample(DAY),
  connectors: [{ name, kind, status, nextRunAt, lastError }],
};
