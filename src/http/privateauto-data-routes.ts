import { Elysia } from "elysia";
import { z } from "zod";
import { type PrivateAutoConnection, privateAuto } from "../connectors/privateauto/privateauto.ts";
import type { Customer } from "../customers/customers.ts";
import type { Connectors } from "../intake/connectors.ts";
import { jsonAnswer, passOn } from "./command-answers.ts";
import { oneConnector } from "./connector-routes.ts";
import { type Credentials, customersOnly } from "./credentials.ts";
import { describe } from "./describe.ts";
import { deliveriesQuery, examples, listQuery, oneRecord } from "./privateauto-schemas.ts";

type Path = Parameters<PrivateAutoConnection["data"]>[0];

/** PrivateAuto's records, read through: asked for now, and nothing kept. */
export function privateAutoDataRoutes(parts: { connectors: Connectors; credentials: Credentials }) {
  const { connectors, credentials } = parts;

  async function read(
    { customer, params }: { customer: Customer; params: { name: string } },
    path: Path,
    query: Record<string, string | number | undefined> = {},
  ): Promise<Response> {
    const { connection } = connectors.connect(customer.id, params.name, privateAuto);
    return jsonAnswer(await connection.data(path, query).catch(passOn));
  }

  const list = (resource: string) => ({
    params: oneConnector,
    query: listQuery,
    detail: listDetail(resource),
  });
  const record = (what: string) => ({ params: oneRecord, detail: recordDetail(what) });

  return new Elysia({ prefix: "/connectors/:name/data" })
    .use(customersOnly(credentials))
    .get("/deals", (call) => read(call, ["deals"], call.query), list("deals"))
    .get("/deals/:id", (call) => read(call, ["deals", call.params.id]), record("a deal"))
    .get(
      "/deals/:id/documents",
      (call) => read(call, ["deals", call.params.id, "documents"]),
      record("a deal's documents"),
    )
    .get("/offers", (call) => read(call, ["offers"], call.query), list("offers"))
    .get("/offers/:id", (call) => read(call, ["offers", call.params.id]), record("an offer"))
    .get("/listings", (call) => read(call, ["listings"], call.query), list("listings"))
    .get("/listings/:id", (call) => read(call, ["listings", call.params.id]), record("a listing"))
    .get("/webhook-deliveries", (call) => read(call, ["webhook-deliveries"], call.query), {
      ...list("webhook deliveries"),
      query: deliveriesQuery,
    })
    .get(
      "/webhook-deliveries/:id",
      (call) => read(call, ["webhook-deliveries", call.params.id]),
      record("a webhook delivery"),
    )
    .get("/documents/:id", (call) => read(call, ["documents", call.params.id]), record("a document"))
    .get(
      "/generated-documents/:id",
      (call) => read(call, ["generated-documents", call.params.id]),
      record("a generated document"),
    );
}

const READ_THROUGH = "Asks PrivateAuto now, and passes its answer on as it is; nothing is kept.";

const common = {
  tag: "Connectors",
  auth: "customer",
  problems: [
    "invalid_input",
    "customer_disabled",
    "connector_not_found",
    "other_kind",
    "upstream_bad_request",
    "upstream_forbidden",
    "upstream_not_found",
    "upstream_conflict",
    "upstream_failed",
  ],
} satisfies Partial<Parameters<typeof describe>[0]>;

const anything = z.record(z.string(), z.unknown()).describe("As PrivateAuto has it.");

const listDetail = (resource: string) =>
  describe({
    ...common,
    problems: [...common.problems],
    summary: `List PrivateAuto's ${resource}`,
    description: READ_THROUGH,
    answers: {
      200: {
        description: "A page.",
        schema: anything,
        example: {
          data: [{ id: examples.deal.id }],
          _meta: { page: 0, limit: 50, total: 1, hasMore: false },
        },
      },
    },
  });

const recordDetail = (what: string) =>
  describe({
    ...common,
    problems: [...common.problems],
    summary: `Read ${what} of PrivateAuto`,
    description: READ_THROUGH,
    answers: { 200: { description: "The record.", schema: anything, example: examples.deal } },
  });
