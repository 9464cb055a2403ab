import { z } from "zod";
import { environments } from "../database/schema.ts";
import type { ShownConnector, ShownRun } from "../intake/shown-connector.ts";

/** A connector as answers show it. */
export const connectorSchema = z.object({
  connectorId: z.uuid(),
  name: z.string(),
  kind: z.string(),
  environment: z.enum(environments),
  schedule: z.string(),
  settings: z.record(z.string(), z.unknown()).describe("Those that are not secret."),
  secrets: z.array(z.string()).describe("The names of the secret settings that are set."),
  status: z.enum(["active", "paused", "failing"]).describe("`failing`: active, but the last try failed."),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  lastSuccessAt: z.iso.datetime().nullable().describe("The end of the last complete run."),
  lastError: z
    .object({ code: z.string(), message: z.string(), at: z.iso.datetime() })
    .nullable()
    .describe("Why the last try that failed did so; also of before the last success."),
  nextRunAt: z.iso
    .datetime()
    .nullable()
    .describe("null while a run is under way, while it is paused, and while what failed waits for a person."),
  inboundUrl: z.string().nullable().describe("Where the upstream sends webhooks; null for kinds without."),
  errands: z
    .object({
      waiting: z.int(),
      givenUp: z.int().describe("Failed until trying again made no sense."),
      lastError: z
        .object({ code: z.string(), message: z.string(), at: z.iso.datetime() })
        .nullable()
        .describe("Of those that are not done."),
    })
    .describe("What webhooks and runs have left to be done, such as look-ups and downloads."),
  webhooks: z.object({
    received: z.int(),
    lastReceivedAt: z.iso.datetime().nullable(),
    refused: z.int().describe("Those that failed their check."),
    lastRefusal: z.object({ reason: z.string(), at: z.iso.datetime() }).nullable(),
  }),
});

/** The same, with the check of its credentials. */
export const checkedSchema = connectorSchema.extend({
  check: z.object({ ok: z.boolean(), detail: z.string() }).describe("Whether the credentials work."),
});

/** A run as answers show it. */
export const runSchema = z.object({
  runId: z.uuid(),
  askedBy: z.enum(["schedule", "customer"]),
  status: z
    .enum(["running", "complete", "failed", "cut off"])
    .describe("`cut off`: ended by the hub or by a change of the connector, not by the upstream."),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  pages: z.int(),
  items: z.int(),
  events: z.int().describe("New ones; what was admitted before does not count again."),
  stale: z.int().describe("Items that were older than what was known of them, and left as they were."),
  requests: z.int(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  complete: z.boolean().describe("Whether everything was read that the upstream had."),
});

/** An example of a connector. */
export const connectorExample: ShownConnector = {
  connectorId: "3f8c2f6e-5b0a-4c1d-9e7a-2b4d6f8a0c1e",
  name: "manheim-uat",
  kind: "manheim",
  environment: "sandbox",
  schedule: "*/5 * * * *",
  settings: { key: "my-key", username: "me", pageSize: 100, initialScan: "emit" },
  secrets: ["secret", "password"],
  status: "active",
  createdAt: "2025-01-01T00:00:00.000Z",
  updatedAt: "2025-01-01T00:00:00.000Z",
  lastSuccessAt: "2025-01-01T06:00:02.000Z",
  lastError: null,
  nextRunAt: "2025-01-01T06:05:00.000Z",
  inboundUrl: "https://hub.example.com/api/inbound/3f8c2f6e-5b0a-4c1d-9e7a-2b4d6f8a0c1e",
  errands: { waiting: 0, givenUp: 0, lastError: null },
  webhooks: { received: 0, lastReceivedAt: null, refused: 0, lastRefusal: null },
};

/** An example of a run. */
export const runExample: ShownRun = {
  runId: "0199b1c4-7a53-7b1a-8e60-0d9a4c1f2b3c",
  askedBy: "customer",
  status: "complete",
  startedAt: "2025-01-01T06:00:00.000Z",
  finishedAt: "2025-01-01T06:00:02.000Z",
  pages: 3,
  items: 240,
  events: 2,
  stale: 0,
  requests: 4,
  error: null,
  complete: true,
};
