import { expect, test } from "bun:test";
import { realSeams } from "../../../src/seams.ts";
import { startDealerAuction } from "../../../src/simulators/dealerauction/dealerauction.ts";
import type { FailureName } from "../../../src/simulators/roadster/failures.ts";
import { problemIn } from "../../support/problem.ts";
import { givenHub } from "./given-hub.ts";

const VIN = "KMHLM4AG1NU123456";
const dealer = { dpid: "lakeside" };

test("dealers, inventory, vehicles and plans are read through as Roadster shows them", async () => {
  await using hub = await givenHub();
  hub.world.add("lakeside", { vin: VIN });
  const read = async (path: string) => (await hub.ask("GET", path)).json();
  expect(await read("/dealers")).toMatchObject({ dealers: [{ dpid: "lakeside", zip_code: 93_313 }] });
  expect(await read("/dealers/lakeside")).toMatchObject({ configuration: { fees: { doc_fee: 85 } } });
  expect(await read("/inventory?dpid=lakeside&size=5&in_stock=all")).toMatchObject({
    vehicles: [{ vin: VIN, in_stock: true }],
    total: 1,
  });
  expect(await read(`/inventory/${VIN}?dpid=lakeside`)).toMatchObject({ vehicle_info: { city_mpg: 31 } });
  expect(await read(`/inventory/${VIN}?partner_id=P-lakeside`)).toMatchObject({ vehicle_info: { vin: VIN } });
  const finance = "deal_type=finance&deal_rate=4.9&deal_term=60&amount_financed=20000";
  expect(await read(`/plans?partner_id=P-lakeside&vin=${VIN}&${finance}`)).toMatchObject({
    plans: [{ id: 6160, deal_types: ["finance"] }],
  });
  const { query } = hub.simulator.requests.at(-1) ?? expect.unreachable();
  expect(Object.fromEntries(query)).toEqual({
    "dealer[partner_id]": "P-lakeside",
    vin: VIN,
    deal_type: "finance",
    deal_rate: "4.9",
    deal_term: "60",
    amount_financed: "20000",
  });
  expect(await hub.commands()).toEqual([]);
});

test("links and payments change nothing and are not kept; the storefront link needs no Roadster", async () => {
  await using hub = await givenHub();
  const vehicle = { vin: VIN, make: "Hyundai", colour: "silver" };
  const link = await hub.ask("POST", "/redirect-links", { body: { dealer, vehicle, analytics: { a: "b" } } });
  expect(link.json()).toMatchObject({ status: "ok", link: { url: expect.stringContaining(VIN) } });
  expect(JSON.parse(hub.simulator.requests.at(-1)?.body ?? "")).toEqual({
    dealer,
    vehicle,
    analytics: { a: "b" },
  });
  const wanted = { customer: { zip_code: 94_113 }, dealer, vehicle, payment: { deal_type: "cash" } };
  expect((await hub.ask("POST", "/payments", { body: wanted })).json()).toMatchObject({
    deals: { cash: { vin: VIN } },
  });
  hub.asked();
  const customer = { email: "sam.buyer@example.com", fname: "Sam" };
  const stored = await hub.ask("POST", "/storefront-links", {
    body: { dpid: "lakeside", vin: VIN, customer },
  });
  expect(stored.json().url).toMatch(
    /^https:\/\/express\.lakeside\.com\/KMHLM4AG1NU123456\?mem=[A-Za-z0-9%]{40,}$/,
  );
  expect([hub.asked(), await hub.commands()]).toEqual([[], []]);
  await hub.app.call("PUT", "/connectors/shop", { auth: hub.token, body: hub.body({ cipherKey: null }) });
  const refused = await hub.ask("POST", "/storefront-links", {
    body: { dpid: "lakeside", vin: VIN, customer },
  });
  expect([problemIn(refused), refused.json().errors[0].path]).toEqual([
    "422 invalid_input",
    "settings.cipherKey",
  ]);
});

test("a customer is created, is the same the second time, and gets an agent and an offer; all is kept", async () => {
  await using hub = await givenHub();
  const customer = { first_name: "Ada", last_name: "Owner", email: "ada.owner@example.com" };
  const create = async () => (await hub.ask("POST", "/customers", { body: { customer, dealer } })).json();
  const first = await create();
  expect(first).toMatchObject({ outcome: "done", result: { status: "ok", customer: { dpid: "lakeside" } } });
  const { id } = first.result.customer;
  expect(await create()).toMatchObject({ outcome: "done", result: { duplicate: true, customer: { id } } });
  const agent = { id: "ID9", email: "ann.agent@example.com" };
  await hub.ask("PUT", `/customers/${id}/agent`, { body: { agent, dealer } });
  expect(hub.world.customers.get(id)?.agent).toEqual(agent);
  const offer = { dpid: "lakeside", email: customer.email, vin: VIN, value: 12_500 };
  expect((await hub.ask("POST", "/trade-ins", { body: offer })).json().result.customer.id).toBe(id);
  expect([...hub.world.tradeIns.values()]).toEqual([12_500]);
  const forms = { title: "Papers", template_ids: [7] };
  expect((await hub.ask("POST", "/orders/o1/forms", { body: forms })).json()).toMatchObject({ result: {} });
  expect(hub.world.forms).toEqual([{ orderId: "o1", title: "Papers", templateIds: [7] }]);
  expect(
    (await hub.commands()).map(({ name, target }: Record<string, string>) => `${name} ${target}`),
  ).toEqual([
    "create-forms orders/o1",
    `offer-trade-in trade-ins/lakeside/${VIN}`,
    `assign-agent customers/${id}`,
    "create-customer customers/ada.owner@example.com",
    "create-customer customers/ada.owner@example.com",
  ]);
});

test("a repeat with the same key is not sent again; the same key for something else is refused", async () => {
  await using hub = await givenHub();
  const headers = { "Idempotency-Key": "offer-1" };
  const body = { dpid: "lakeside", email: "sam.buyer@example.com", vin: VIN, value: 1 };
  const first = await hub.ask("POST", "/trade-ins", { body, headers });
  hub.asked();
  expect((await hub.ask("POST", "/trade-ins", { body, headers })).text).toBe(first.text);
  expect(problemIn(await hub.ask("POST", "/trade-ins", { body: { ...body, value: 2 }, headers }))).toBe(
    "409 idempotency_key_reused",
  );
  expect(hub.asked()).toEqual([]);
});

test("documents and templates go there and back", async () => {
  await using hub = await givenHub();
  const at = `/customers/${hub.buyer.id}/documents`;
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47]).toString("base64");
  const named = {
    document_name: "DL Front",
    document_type: "license",
    file_name: "dl.png",
    relationship: "self",
  };
  const uploaded = await hub.ask("POST", at, { body: { dealer, ...named, contents: png } });
  const { document_id: id } = uploaded.json().result;
  expect((await hub.ask("GET", `${at}?dpid=lakeside`)).json()).toEqual({
    documents: [{ id, document_type: "license", name: "dl front", file_name: "dl.png" }],
  });
  expect((await hub.ask("GET", `${at}?dpid=lakeside&doc_type=deal_docs`)).json()).toEqual({ documents: [] });
  expect((await hub.ask("GET", `${at}/${id}?dpid=lakeside`)).json()).toEqual({ contents: png });
  const deleted = await hub.ask("POST", `${at}/delete`, { body: { dealer, doc_ids: [id] } });
  expect(deleted.json()).toMatchObject({ outcome: "done" });
  expect(problemIn(await hub.ask("GET", `${at}/${id}?dpid=lakeside`))).toBe("404 upstream_not_found");

  const form = { name: "Terms", file_name: "terms.pdf", form_definition: { pages: [{ fields: [] }] } };
  const file = Buffer.from("%PDF-1.5").toString("base64");
  const template = { form_data: form, file_stream: `data:application/pdf;base64,${file}` };
  await hub.ask("POST", "/templates?dpid=lakeside", { body: template });
  const { templates } = (await hub.ask("GET", "/templates?dpid=lakeside")).json();
  expect(templates).toMatchObject([form]);
  const one = `/templates/${templates[0].id}`;
  expect((await hub.ask("GET", `${one}?dpid=lakeside`)).json()).toMatchObject(form);
  expect((await hub.ask("GET", `${one}/file?dpid=lakeside`)).json()).toEqual({ contents: file });
});

test("a document of 15 MiB goes there and back, one byte more is 413; of neither more than a digest is kept", async () => {
  await using hub = await givenHub();
  const at = `/customers/${hub.buyer.id}/documents`;
  const contents = Buffer.alloc(15 * 1024 * 1024, 7).toString("base64");
  const body = { dealer, document_name: "Deal", document_type: "deal", file_name: "deal.pdf", contents };
  const uploaded = await hub.ask("POST", at, { body });
  const { document_id: id } = uploaded.json().result;
  const fetched = await hub.ask("GET", `${at}/${id}?dpid=lakeside`);
  expect([fetched.status, fetched.json().contents === contents]).toEqual([200, true]);
  const [{ request }] = await hub.commands();
  expect(request.document).toEqual({
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    bytes: 15 * 1024 * 1024,
  });
  expect(request.payload).not.toHaveProperty("contents");
  const more = { ...body, contents: Buffer.alloc(15 * 1024 * 1024 + 1).toString("base64") };
  for (const tooLarge of [more, { ...body, document_name: "x".repeat(100_000) }]) {
    expect(problemIn(await hub.ask("POST", at, { body: tooLarge }))).toBe("413 request_too_large");
  }
  expect(await hub.commands()).toHaveLength(1);
});

test("documents wait for room before they are read: of one customer's, two are under way at most", async () => {
  await using hub = await givenHub();
  const [gate, isFull] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const underWay = new Set<string>();
  const slow = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch({ url, method }) {
      const { pathname } = new URL(url);
      if (pathname === "/dealers") return Response.json([]);
      if (underWay.add(pathname).size === 2) isFull.resolve();
      await gate.promise;
      return Response.json(method === "GET" ? [] : { document_id: 1 });
    },
  });
  const body = { ...hub.body(), settings: { baseUrl: slow.url.href, apiKey: "key" } };
  await hub.app.call("PUT", "/connectors/slow", { auth: hub.token, body });
  const document = {
    dealer,
    document_name: "a",
    document_type: "deal",
    file_name: "a.pdf",
    contents: "AAAA",
  };
  const uploads = [1, 2, 3, 4].map((customerId) => {
    const path = `/connectors/slow/customers/${customerId}/documents`;
    return hub.app.call("POST", path, { auth: hub.token, body: document });
  });
  await isFull.promise;
  await Bun.sleep(100); // what does not come has no moment to wait for
  expect(underWay.size).toBe(2);
  gate.resolve();
  expect((await Promise.all(uploads)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  await slow.stop(true);
});

test("what is asked for wrongly is told, and Roadster does not hear of it", async () => {
  await using hub = await givenHub();
  hub.asked();
  const document = { dealer, document_name: "a", file_name: "a.pdf", contents: "AAAA" };
  const wrong: [string, string, unknown?][] = [
    ["GET", "/inventory"],
    ["GET", "/inventory?dpid=lakeside&size=0"],
    ["GET", "/inventory/V%20N?dpid=lakeside"],
    ["GET", `/inventory/${VIN}`],
    ["GET", `/inventory/${VIN}?dpid=a&partner_id=b`],
    ["GET", `/plans?partner_id=a&vin=${VIN}&deal_type=gift`],
    ["POST", "/customers", { customer: { first_name: "A", last_name: "B" } }],
    ["POST", "/customers", { customer: { first_name: "A", last_name: "B", email: "no" } }],
    ["POST", "/trade-ins", { dpid: "a", email: "a@example.com", vin: VIN, value: 1.5 }],
    ["POST", "/redirect-links", { dealer: {} }],
    ["POST", "/payments", { customer: {}, dealer, vehicle: {} }],
    ["POST", "/storefront-links", { dpid: "a.b", vin: VIN, customer: { email: "a@example.com" } }],
    ["POST", "/customers/1/documents", { ...document, document_type: "license" }],
    ["POST", "/customers/1/documents", { ...document, document_type: "license", relationship: "co_app" }],
    ["POST", "/customers/1/documents", { ...document, document_type: "deal", file_name: "a.exe" }],
    ["POST", "/customers/1/documents", { ...document, document_type: "deal", contents: "not base64!" }],
    ["POST", "/customers/1/documents/delete", { dealer, doc_ids: [] }],
    ["POST", "/orders/1/forms", { title: "x", template_ids: [] }],
    ["POST", "/templates?dpid=a", { form_data: {}, file_stream: "AAAA" }],
  ];
  for (const [method, path, body] of wrong) {
    const answer = await hub.ask(method, path, body === undefined ? {} : { body });
    expect({ path, problem: problemIn(answer) }).toEqual({ path, problem: "422 invalid_input" });
  }
  expect(problemIn(await hub.ask("POST", "/customers/1/documents", { body: "{ no json" }))).toBe(
    "400 malformed_json",
  );
  expect([hub.asked(), await hub.commands()]).toEqual([[], []]);
});

const problems: [FailureName, string][] = [
  ["badRequest", "400 upstream_bad_request"],
  ["errorWithin200", "400 upstream_bad_request"],
  ["unauthorized", "502 upstream_failed"],
  ["forbidden", "403 upstream_forbidden"],
  ["notFound", "404 upstream_not_found"],
  ["conflict", "409 upstream_conflict"],
  ["tooMany", "502 upstream_failed"],
  ["serverError", "502 upstream_failed"],
  ["htmlPage", "502 upstream_failed"],
  ["silence", "502 upstream_failed"],
];

for (const [name, problem] of problems) {
  test(`${name} is answered as ${problem}, by what is read and by what is written`, async () => {
    await using hub = await givenHub();
    const times = Number.POSITIVE_INFINITY;
    hub.simulator.fail(name, { times });
    const agent = { agent: { email: "ann.agent@example.com" } };
    const [read, written] = [
      await hub.outcomeOf(hub.ask("GET", "/dealers")),
      await hub.outcomeOf(hub.ask("PUT", `/customers/${hub.buyer.id}/agent`, { body: agent })),
    ];
    expect([read.outcome, written.outcome]).toEqual([problem, problem]);
    if (name === "badRequest") expect(read.json.errorMessage).toBe("Missing email");
    expect(JSON.stringify([read, written])).not.toMatch(/roadster-example-key|DOCTYPE/);
  });
}

test("paths and methods are settings, and the names in braces are filled in and escaped", async () => {
  const paths = {
    assignAgent: "PATCH /users/{customerId}/owner",
    dealer: "/stores/{dpid}/config?full=1",
    documents: "POST /customers/{customerId}/documents/list",
  };
  await using hub = await givenHub({ settings: { paths } });
  hub.asked();
  await hub.ask("PUT", "/customers/77/agent", { body: { agent: { email: "ann.agent@example.com" } } });
  await hub.ask("GET", "/dealers/a%2Fb%3F");
  await hub.ask("GET", "/customers/77/documents?dpid=lakeside");
  expect(hub.simulator.requests.map(({ query, body }) => [query.get("full"), body])).toEqual([
    [null, '{"agent":{"email":"ann.agent@example.com"}}'],
    ["1", ""],
    [null, '{"dealer":{"dpid":"lakeside"},"doc_type":"all"}'],
  ]);
  expect(hub.asked()).toEqual([
    "PATCH /users/77/owner",
    "GET /stores/a%2Fb%3F/config",
    "POST /customers/77/documents/list",
  ]);
  for (const path of ["no/slash", "GET", "/x#y", "/x/{other}", "FETCH /x", "/a b"]) {
    const body = hub.body({ paths: { dealer: path } });
    const refused = await hub.app.call("PUT", "/connectors/shop", { auth: hub.token, body });
    expect([problemIn(refused), refused.json().errors[0].path]).toEqual([
      "422 invalid_input",
      "settings.paths.dealer",
    ]);
  }
});

test("a connector of another kind cannot be asked, nor another customer's", async () => {
  await using hub = await givenHub();
  const auction = startDealerAuction({ seams: realSeams() });
  const { url: baseUrl, username, password, customerIds } = auction;
  const settings = { baseUrl, username, password, customerIds };
  const body = { kind: "dealerauction", environment: "sandbox", settings };
  await hub.app.call("PUT", "/connectors/cars", { auth: hub.token, body });
  const stranger = await hub.app.givenCustomer();
  const ids = "/customers/1/ids";
  const other = ["/connectors/cars/dealers", `/connectors/cars${ids}`];
  const theirs = ["/connectors/shop/dealers", `/connectors/shop${ids}`];
  for (const path of other) {
    expect(problemIn(await hub.app.call("GET", path, { auth: hub.token }))).toBe("409 other_kind");
  }
  for (const path of theirs) {
    const refused = await hub.app.call("GET", path, { auth: stranger.token });
    expect(problemIn(refused)).toBe("404 connector_not_found");
  }
  await auction.stop();
});
