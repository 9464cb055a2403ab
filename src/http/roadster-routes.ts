import { Elysia } from "elysia";
import { Problem } from "../problems.ts";
import { oneConnector } from "./connector-routes.ts";
import { customersOnly } from "./credentials.ts";
import { jsonBody } from "./json-body.ts";
import { openRoadsterCalls, type RoadsterParts } from "./roadster-calls.ts";
import { details } from "./roadster-details.ts";
import {
  dealerOf,
  dealerQuery,
  inventoryQuery,
  linkBody,
  oneDealer,
  oneVehicle,
  paymentsBody,
  plansQuery,
  storefrontBody,
} from "./roadster-requests.ts";

/** What may be asked of Roadster without changing anything there: each call goes to it now, and none is kept. */
export function roadsterRoutes(parts: RoadsterParts) {
  const { connect, show } = openRoadsterCalls(parts);

  return new Elysia({ prefix: "/connectors/:name" })
    .use(jsonBody)
    .use(customersOnly(parts.credentials))
    .get("/dealers", (call) => show(call, { operation: "dealers" }, "dealers"), {
      params: oneConnector,
      detail: details.dealers,
    })
    .get("/dealers/:dpid", (call) => show(call, { operation: "dealer", names: { dpid: call.params.dpid } }), {
      params: oneDealer,
      detail: details.dealer,
    })
    .get("/inventory", ({ query, ...call }) => show(call, { operation: "inventory", payload: query }), {
      params: oneConnector,
      query: inventoryQuery,
      detail: details.inventory,
    })
    .get(
      "/inventory/:vin",
      ({ query, ...call }) => {
        const names = { vin: call.params.vin };
        return show(call, { operation: "vehicle", names, payload: { dealer: dealerOf(query) } });
      },
      { params: oneVehicle, query: dealerQuery, detail: details.vehicle },
    )
    .get(
      "/plans",
      ({ query: { partner_id, ...deal }, ...call }) =>
        show(call, { operation: "plans", payload: { dealer: { partner_id }, ...deal } }),
      { params: oneConnector, query: plansQuery, detail: details.plans },
    )
    .post(
      "/redirect-links",
      ({ body, ...call }) => show(call, { operation: "redirectLink", payload: body }),
      {
        params: oneConnector,
        body: linkBody,
        detail: details.redirectLink,
      },
    )
    .post("/payments", ({ body, ...call }) => show(call, { operation: "payments", payload: body }), {
      params: oneConnector,
      body: paymentsBody,
      detail: details.payments,
    })
    .post(
      "/storefront-links",
      ({ body, ...call }) => {
        const url = connect(call).connection.storefrontLink(body);
        if (url === null) throw noCipherKey();
        return { url };
      },
      { params: oneConnector, body: storefrontBody, detail: details.storefrontLink },
    );
}

const noCipherKey = () =>
  new Problem("invalid_input", { errors: [{ path: "settings.cipherKey", message: "is not set" }] });
