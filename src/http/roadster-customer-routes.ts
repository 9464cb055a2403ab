import { Elysia } from "elysia";
import { type CustomerIds, idsEntity, idsState, readIds } from "../connectors/roadster/customer-ids.ts";
import { roadster } from "../connectors/roadster/roadster.ts";
import { oneConnector } from "./connector-routes.ts";
import { customersOnly } from "./credentials.ts";
import { jsonBody } from "./json-body.ts";
import { openRoadsterCalls, type RoadsterParts } from "./roadster-calls.ts";
import { details } from "./roadster-details.ts";
import {
  agentBody,
  customerBody,
  deletionBody,
  formsBody,
  idsBody,
  oneCustomer,
  oneOrder,
  tradeInBody,
} from "./roadster-requests.ts";

/** Roadster's customers: what your own system calls them, and what is done for them, each kept as a command. */
export function roadsterCustomerRoutes(parts: RoadsterParts) {
  const { connectors } = parts;
  const { write } = openRoadsterCalls(parts);

  return new Elysia({ prefix: "/connectors/:name" })
    .use(jsonBody)
    .use(customersOnly(parts.credentials))
    .get(
      "/customers/:customerId/ids",
      ({ customer, params }) =>
        readIds(connectors.recall(placeOf(customer, params), idsEntity(params.customerId))),
      { params: oneCustomer, detail: details.readIds },
    )
    .put(
      "/customers/:customerId/ids",
      async ({ customer, params, body }) => {
        const ids = setIn(body);
        const entity = idsEntity(params.customerId);
        const isEmpty = Object.keys(ids).length === 0;
        const told = isEmpty ? { forget: [entity] } : { remember: [[entity, idsState(ids)] as const] };
        await connectors.remember(placeOf(customer, params), told);
        return ids;
      },
      { params: oneCustomer, body: idsBody, detail: details.setIds },
    )
    .post(
      "/customers",
      ({ body, ...call }) => {
        const target = `customers/${body.customer.email.toLowerCase()}`;
        return write(call, { name: "create-customer", target, payload: body });
      },
      { params: oneConnector, body: customerBody, detail: details.createCustomer },
    )
    .put(
      "/customers/:customerId/agent",
      ({ body, ...call }) => {
        const { customerId } = call.params;
        const target = `customers/${customerId}`;
        return write(call, { name: "assign-agent", target, names: { customerId }, payload: body });
      },
      { params: oneCustomer, body: agentBody, detail: details.assignAgent },
    )
    .post(
      "/customers/:customerId/documents/delete",
      ({ body, ...call }) => {
        const { customerId } = call.params;
        const target = `customers/${customerId}/documents`;
        return write(call, { name: "delete-documents", target, names: { customerId }, payload: body });
      },
      { params: oneCustomer, body: deletionBody, detail: details.deleteDocuments },
    )
    .post(
      "/trade-ins",
      ({ body, ...call }) => {
        const target = `trade-ins/${body.dpid}/${body.vin.toUpperCase()}`;
        return write(call, { name: "offer-trade-in", target, payload: body });
      },
      { params: oneConnector, body: tradeInBody, detail: details.tradeIn },
    )
    .post(
      "/orders/:orderId/forms",
      ({ body, ...call }) => {
        const { orderId } = call.params;
        const target = `orders/${orderId}`;
        return write(call, { name: "create-forms", target, names: { orderId }, payload: body });
      },
      { params: oneOrder, body: formsBody, detail: details.forms },
    );
}

const placeOf = ({ id: customerId }: { id: number }, { name }: { name: string }) => ({
  customerId,
  name,
  kind: roadster.kind,
});

/** Those that have a value. */
const setIn = (ids: Record<string, string | null | undefined>): CustomerIds =>
  Object.fromEntries(Object.entries(ids).filter(([, value]) => typeof value === "string"));
