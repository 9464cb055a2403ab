import { Elysia } from "elysia";
import { z } from "zod";
import type { LookUpBy } from "../connectors/manheim/look-ups.ts";
import { manheim } from "../connectors/manheim/manheim.ts";
import type { Customer } from "../customers/customers.ts";
import type { Connectors } from "../intake/connectors.ts";
import { Problem } from "../problems.ts";
import { oneConnector } from "./connector-routes.ts";
import { type Credentials, customersOnly } from "./credentials.ts";
import { type Description, describe } from "./describe.ts";
import { mayTake } from "./long-answer.ts";

const CONSIGNMENT_ID = "5d1c7a60-16a3-11f1-8f0e-7b2d9c4e1a35";
const UNIT_ID = "4f82b3d4-16a3-11f1-9c61-2e5a8d7f0b46";
const LIFECYCLE_ID = "0c9e5b12-7d3f-4a86-b1e4-6f8a2d3c5e70";

/** Manheim's own ids are UUIDs; others are only passed on as what they are. */
const upstreamId = (example: string) =>
  z
    .string()
    .regex(/^[\w-]{1,100}$/, "must be 1 to 100 letters, digits, _ and -")
    .meta({ examples: [example] });

const byId = oneConnector.extend({ consignmentId: upstreamId(CONSIGNMENT_ID) });
const byUnit = oneConnector.extend({ unitId: upstreamId(UNIT_ID) });
const byLifecycle = oneConnector.extend({ lifecycleId: upstreamId(LIFECYCLE_ID) });

/** The answer to a look-up of many pages may take its time, seconds. */
const ANSWER_SECONDS = 120;

interface Call {
  customer: Customer;
  params: { name: string };
  request: Request;
  server: unknown;
}

/** Manheim's consignments, looked up through the hub with the customer's own credentials. */
export function manheimRoutes(parts: { connectors: Connectors; credentials: Credentials }) {
  const { connectors, credentials } = parts;

  async function lookUp(by: LookUpBy, id: string, call: Call) {
    const { connection } = connectors.connect(call.customer.id, call.params.name, manheim);
    mayTake(ANSWER_SECONDS, call);
    const { signal } = call.request;
    const items = await connection.lookUp(by, id, signal).catch((error: unknown) => {
      throw signal.aborted ? new Problem("not_ready") : error; // whoever asked is gone
    });
    if (items === null) throw new Problem("upstream_not_found");
    return { items };
  }

  return new Elysia({ prefix: "/connectors/:name/consignments" })
    .use(customersOnly(credentials))
    .get("/:consignmentId", (call) => lookUp("id", call.params.consignmentId, call), {
      params: byId,
      detail: detailFor("Look up a consignment", "The consignment, alone in its list."),
    })
    .get("/unit/:unitId", (call) => lookUp("unit", call.params.unitId, call), {
      params: byUnit,
      detail: detailFor("Look up the consignments of a unit", "All of them, from all pages of the answer."),
    })
    .get("/lifecycle/:lifecycleId", (call) => lookUp("lifecycle", call.params.lifecycleId, call), {
      params: byLifecycle,
      detail: detailFor(
        "Look up the consignments of a lifecycle",
        "All of them, from all pages of the answer.",
      ),
    });
}

const itemsSchema = z.object({
  items: z.array(z.record(z.string(), z.unknown())).describe("As Manheim has them."),
});

const HOST = "https://uat.api.manheim.com";

const example: z.infer<typeof itemsSchema> = {
  items: [
    {
      href: `${HOST}/consignments/id/${CONSIGNMENT_ID}`,
      unit: { href: `${HOST}/units/id/${UNIT_ID}` },
      checkInDate: "2026-03-03",
      status: "CHECKED_IN",
      operatingLocation: { href: `${HOST}/locations/id/PSM1` },
      customerId: "1234567",
      manheimAccountNumber: "4949494",
      updatedOn: "2026-03-03T13:50:12.308Z",
      createdOn: "2026-03-02T11:21:17.530Z",
      offsite: false,
      lifecycle: { href: `${HOST}/lifecycles/unit/id/${LIFECYCLE_ID}` },
    },
  ],
};

function detailFor(summary: string, description: string) {
  const described: Description = {
    tag: "Connectors",
    auth: "customer",
    summary: `${summary} at Manheim`,
    description: "Asks Manheim now, once for each page; nothing is kept, and no event comes of it.",
    answers: { 200: { description, schema: itemsSchema, example } },
    problems: [
      "invalid_input",
      "customer_disabled",
      "connector_not_found",
      "other_kind",
      "upstream_not_found",
      "upstream_failed",
    ],
  };
  return describe(described);
}
