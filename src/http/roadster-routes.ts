import { Elysia } from "elysia";
import { roadster } from "../connectors/roadster/roadster.ts";
import { Problem } from "../problems.ts";
import { jsonAnswer } from "./command-answers.ts";
import { oneConnector } from "./connector-routes.ts";
import { customersOnly } from "./credentials.ts";
import { jsonBody } from "./json-body.ts";
import { answerAs, openRoadsterCalls, type RoadsterParts } from "./roadster-calls.ts";
import { details } from "./roadster-details.ts";
import {
  agentBody,
  customerBody,
  dealerOf,
  dealerQuery,
  deletionBody,
  formsBody,
  idsBody,
  inventoryQuery,
  linkBody,
  oneCustomer,
  oneDealer,
  oneOrder,
  oneVehicle,
  paymentsBody,
  plansQuery,
  storefrontBody,
  tradeInBody,
} from "./roadster-requests.ts";
import { readIds, idsEntity, idsState, type CustomerIds } from "../connectors/roadster/customer-ids.ts";

/** What may be asked of Roadster, documents apart: each call goes to it now, and only commands are kept. */
export function roadsterRoutes(parts: RoadsterParts) {
  const { connectors, credentials } = parts;
  const { connect, read, write } = openRoadsterCalls(parts);
  const placeOf = (customer: { id: number }, { name }: { name: string }) => ({
    customerId: customer.id,
    name,
    kind: roadster.kind,
  });

  return new Elysia({ prefix: "/connectors/:name" })
    .use(jsonBody)
    .use(customersOnly(credentials))
    .get("/dealers", async (call) => answerAs("dealers", await read(call, { operation: "dealers" })), {
      params: oneConnector,
      detail: details.dealers,
    })
    .get(
      "/dealers/:dpid",
      async (call) => {
        const { dpid } = call.params;
        return jsonAnswer((await read(call, { operation: "dealer", names: { dpid } })).text);
      },
      { params: oneDealer, detail: details.dealer },
    )
    .get(
      "/inventory",
      async ({ query, ...call }) =>
        jsonAnswer((await read(call, { operation: "inventory", payload: query })).text),
      { params: oneConnector, query: inventoryQuery, detail: details.inventory },
    )
    .get(
      "/inventory/:vin",
      async ({ query, ...call }) => {
        const names = { vin: call.params.vin };
        const payload = { dealer: dealerOf(query) };
        return jsonAnswer((await read(call, { operation: "vehicle", names, payload })).text);
      },
      { params: oneVehicle, query: dealerQuery, detail: details.vehicle },
    )
    .get(
      "/plans",
      async ({ query: { partner_id, ...deal }, ...call }) => {
        const payload = { dealer: { partner_id }, ...deal };
        return jsonAnswer((await read(call, { operation: "plans", payload })).text);
      },
      { params: oneConnector, query: plansQuery, detail: details.plans },
    )
    .post(
      "/redirect-links",
      async ({ body, ...call }) =>
        jsonAnswer((await read(call, { operation: "redirectLink", payload: body })).text),
      { params: oneConnector, body: linkBody, detail: details.redirectLink },
    )
    .post(
      "/payments",
      async ({ body, ...call }) =>
        jsonAnswer((await read(call, { operation: "payments", payload: body })).text),
      { params: oneConnector, body: paymentsBody, detail: details.payments },
    )
    .post(
      "/storefront-links",
      ({ body, ...call }) => {
        const url = connect(call).connection.storefrontLink(body);
        if (url === null) throw noCipherKey();
        return { url };
      },
      { params: oneConnector, body: storefrontBody, detail: details.storefrontLink },
    )
    .get(
      "/customers/:customerId/ids",
      ({ customer, params }) =>
        readIds(connectors.recall(placeOf(customer, params), idsEntity(params.customerId))),
      { params: oneCustomer, detail: details.readIds },
    )
    .put(
      "/customers/:customerId/ids",
      async ({ customer, params, body }) => {
        const ids = given(body);
        const entity = idsEntity(params.customerId);
        const told =
          Object.keys(ids).length === 0
            ? { forget: [entity] }
            : { remember: [[entity, idsState(ids)] as const] };
        await connectors.remember(placeOf(customer, params), told);
        return ids;
      },
      { params: oneCustomer, body: idsBody, detail: details.setIds },
    )
    .post(
      "/customers",
      ({ body, ...call }) =>
        write(call, {
          name: "create-customer",
          target: `customers/${body.customer.email.toLowerCase()}`,
          payload: body,
          as: "result",
        }),
      { params: oneConnector, body: customerBody, detail: details.createCustomer },
    )
    .put(
      "/customers/:customerId/agent",
      ({ body, ...call }) =>
        write(call, {
          name: "assign-agent",
          target: `customers/${call.params.customerId}`,
          names: { customerId: call.params.customerId },
          payload: body,
          as: "result",
        }),
      { params: oneCustomer, body: agentBody, detail: details.assignAgent },
    )
    .post(
      "/customers/:customerId/documents/delete",
      ({ body, ...call }) =>
        write(call, {
          name: "delete-documents",
          target: `customers/${call.params.customerId}/documents`,
          names: { customerId: call.params.customerId },
          payload: body,
          as: "result",
        }),
      { params: oneCustomer, body: deletionBody, detail: details.deleteDocuments },
    )
    .post(
      "/trade-ins",
      ({ body, ...call }) =>
        write(call, {
          name: "offer-trade-in",
          target: `trade-ins/${body.dpid}/${body.vin.toUpperCase()}`,
          payload: body,
          as: "result",
        }),
      { params: oneConnector, body: tradeInBody, detail: details.tradeIn },
    )
    .post(
      "/orders/:orderId/forms",
      ({ body, ...call }) =>
        write(call, {
          name: "create-forms",
          target: `orders/${call.params.orderId}`,
          names: { orderId: call.params.orderId },
          payload: body,
          as: "result",
        }),
      { params: oneOrder, body: formsBody, detail: details.forms },
    );
}

/** Those that are set. */
const given = (ids: Record<string, string | null | undefined>): CustomerIds =>
  Object.fromEntries(Object.entries(ids).filter(([, value]) => typeof value === "string"));

const noCipherKey = () =>
  new Problem("invalid_input", { errors: [{ path: "settings.cipherKey", message: "is not set" }] });
