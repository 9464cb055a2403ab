import { Elysia } from "elysia";
import { z } from "zod";
import type { Commands } from "../commands/commands.ts";
import type { ShownCommand } from "../commands/shown-command.ts";
import type { Connectors } from "../intake/connectors.ts";
import { commandSchema } from "./command-answers.ts";
import { oneConnector } from "./connector-routes.ts";
import { type Credentials, customersOnly } from "./credentials.ts";
import { describe } from "./describe.ts";
import { pagingQuery } from "./paging.ts";

/** What was asked of a connector's upstream, and what became of it. */
export function commandRoutes(parts: {
  commands: Commands;
  connectors: Connectors;
  credentials: Credentials;
}) {
  const { commands, connectors, credentials } = parts;
  return new Elysia({ prefix: "/connectors/:name/commands" }).use(customersOnly(credentials)).get(
    "/",
    async ({ customer, params, query }) => {
      const connectorId = connectors.idOf(customer.id, params.name);
      const { items, nextKey } = await commands.page({ customerId: customer.id, connectorId }, query);
      return { commands: items, nextKey };
    },
    { params: oneConnector, query: z.object(pagingQuery), detail: listDetail },
  );
}

const example: ShownCommand = {
  commandId: "0199b1c4-7a53-7b1a-8e60-0d9a4c1f2b3c",
  name: "mark-as-sold",
  target: "listings/cf17d47a-3ba5-452d-a18f-f03225aa6c27",
  request: { listingId: "cf17d47a-3ba5-452d-a18f-f03225aa6c27", salePrice: 5000 },
  idempotencyKey: "sale-4711",
  askedBy: "me@example.com",
  createdAt: "2025-01-01T00:00:00.000Z",
  sentAt: "2025-01-01T00:00:00.210Z",
  settledAt: "2025-01-01T00:00:00.480Z",
  outcome: "done",
  answer: { id: "cf17d47a-3ba5-452d-a18f-f03225aa6c27", status: "SOLD", sale: { price: 5000 } },
};

const listDetail = describe({
  tag: "Connectors",
  auth: "customer",
  summary: "List what was asked of the upstream",
  description:
    "Every command through this connector: who asked for what and when, when it was sent, and what became of it. None is sent twice, unless the upstream takes a repeat for the same request. One that has ended is kept for RETENTION_DAYS, one whose end is not known until it is.",
  answers: {
    200: {
      description: "A page, newest first; `nextKey` is null on the last.",
      schema: z.object({ commands: z.array(commandSchema), nextKey: z.string().nullable() }),
      example: { commands: [example], nextKey: null },
    },
  },
  problems: ["invalid_input", "invalid_page_key", "customer_disabled", "connector_not_found"],
});
