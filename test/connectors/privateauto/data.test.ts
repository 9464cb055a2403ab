import { expect, test } from "bun:test";
import { problemIn } from "../../support/problem.ts";
import { givenDeals, VIN } from "./given.ts";

test("each record is read through as PrivateAuto has it", async () => {
  await using hub = await givenDeals({ settings: { enrich: false } });
  const deal = hub.world.sell({ vin: VIN });
  hub.world.accept(deal);
  hub.world.sign(deal, "poa");
  await hub.settle();
  const [document] = deal.documents;
  const [entry] = hub.deliveries.log;
  const read = (path: string) => hub.app.call("GET", `/connectors/deals/data/${path}`, { auth: hub.token });
  const paths: [path: string, upstream: string][] = [
    ["deals", "deals/partner-acme"],
    [`deals/${deal.id}`, `deals/partner-acme/${deal.id}`],
    [`deals/${deal.id}/documents`, `deals/partner-acme/${deal.id}/documents`],
    ["offers", "offers/partner-acme"],
    [`offers/${deal.offerId}`, `offers/partner-acme/${deal.offerId}`],
    ["listings", "listings/partner-acme"],
    [`listings/${deal.listingId}`, `listings/partner-acme/${deal.listingId}`],
    ["webhook-deliveries", "webhook-deliveries/partner-acme"],
    [`webhook-deliveries/${entry?.id}`, `webhook-deliveries/partner-acme/${entry?.id}`],
    [`documents/${document?.id}`, `documents/partner-acme/${document?.id}`],
    [`generated-documents/${document?.id}`, `generated-documents/partner-acme/${document?.id}`],
  ];
  for (const [path, upstream] of paths) {
    const answer = await read(path);
    expect([path, answer.status]).toEqual([path, 200]);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(hub.simulator.requests.at(-1)?.path).toBe(`/data/${upstream}`);
  }
  expect((await read(`listings/${deal.listingId}`)).json()).toMatchObject({ vehicle: { vin: VIN } });
  expect(problemIn(await read("deals/unknown"))).toBe("404 upstream_not_found");
  expect(problemIn(await read("deals/a%2Fb"))).toBe("404 upstream_not_found");
  expect(hub.simulator.requests.at(-1)?.path).toBe("/data/deals/partner-acme/a%2Fb");
});

test("pages and filters are the upstream's own, and wrong ones are refused", async () => {
  await using hub = await givenDeals({ settings: { enrich: false } });
  hub.world.sell({ vin: VIN });
  await hub.settle();
  const read = (path: string) => hub.app.call("GET", `/connectors/deals/data/${path}`, { auth: hub.token });
  const page = await read("webhook-deliveries?_page=1&_limit=1&status=delivered&event=offer.created");
  expect(page.json()).toEqual({ data: [], _meta: { page: 1, limit: 1, total: 1, hasMore: false } });
  for (const query of ["_limit=0", "_limit=101", "_page=-1", "status=lost", "dateFrom=yesterday"]) {
    expect(problemIn(await read(`webhook-deliveries?${query}`))).toBe("422 invalid_input");
  }
});

test("failures of the upstream are told, and asked about once", async () => {
  await using hub = await givenDeals({ settings: { enrich: false } });
  const read = () => hub.app.call("GET", "/connectors/deals/data/deals", { auth: hub.token });
  const problems = [
    ["unauthorized", "502 upstream_failed"],
    ["forbidden", "403 upstream_forbidden"],
    ["tooMany", "502 upstream_failed"],
    ["serverError", "502 upstream_failed"],
    ["htmlPage", "502 upstream_failed"],
  ] as const;
  for (const [failure, problem] of problems) {
    hub.simulator.fail(failure);
    const asked = hub.simulator.requests.length;
    expect([failure, problemIn(await read())]).toEqual([failure, problem]);
    expect(hub.simulator.requests).toHaveLength(asked + 1);
  }
});

test("other customers and other kinds of connectors get nothing", async () => {
  await using hub = await givenDeals();
  const stranger = await hub.app.givenCustomer();
  const ask = (auth: string, path: string, body?: object) =>
    hub.app.call(body ? "POST" : "GET", `/connectors/deals/${path}`, { auth, ...(body && { body }) });
  const lead = { callerReferenceId: "a", organizationId: "b" };
  for (const [path, body] of [
    ["data/deals"],
    ["sell", { vin: VIN }],
    ["sell-link", { vin: VIN }],
    ["leads", lead],
    ["leads/a"],
  ] as const) {
    expect(problemIn(await ask(stranger.token, path, body))).toBe("404 connector_not_found");
  }
  const settings = { baseUrl: hub.simulator.url, username: "a", password: "b", customerIds: ["1"] };
  const body = { kind: "dealerauction", environment: "sandbox", settings };
  await hub.app.call("PUT", "/connectors/deals", { auth: stranger.token, body });
  expect(problemIn(await ask(stranger.token, "data/deals"))).toBe("409 other_kind");
  expect(problemIn(await ask(stranger.token, "sell", { vin: VIN }))).toBe("409 other_kind");
});
