import { expect, test } from "bun:test";
import type { FailureName } from "../../../src/simulators/roadster/failures.ts";
import type { Asked } from "../../../src/simulators/roadster/operations.ts";
import { SECOND } from "../../support/test-app.ts";
import { givenHub } from "./given-hub.ts";

const dealer = { dpid: "lakeside" };
const isWrite = ({ method }: Asked) => method !== "GET";
const isRead = ({ method }: Asked) => method === "GET";
const always = Number.POSITIVE_INFINITY;

const customer = { first_name: "Ada", last_name: "Owner", email: "ada.owner@example.com" };
const document = {
  dealer,
  document_name: "DL",
  document_type: "deal",
  file_name: "dl.pdf",
  contents: "AAAA",
};
const form = { name: "Terms", file_name: "terms.pdf", form_definition: { pages: [] } };

type Hub = Awaited<ReturnType<typeof givenHub>>;

const create = (hub: Hub) => hub.outcomeOf(hub.ask("POST", "/customers", { body: { customer, dealer } }));
const documentsOf = ({ buyer }: Hub) => `/customers/${buyer.id}/documents`;
const upload = (hub: Hub) => hub.outcomeOf(hub.ask("POST", documentsOf(hub), { body: document }));
const writes = ({ simulator }: Hub) => simulator.requests.filter(isWrite).length;

/** The request is carried out, and its answer never comes. */
const lost: FailureName[] = ["badGatewayAfter", "serverErrorAfter", "brokenOffAfter", "htmlPageAfter"];

for (const name of [...lost, "silenceAfter"] as const) {
  test(`${name}: a customer is created all the same, and once`, async () => {
    await using hub = await givenHub();
    hub.simulator.fail(name, { at: isWrite });
    const { outcome, json } = await create(hub);
    expect(outcome).toBe("200");
    expect(json).toMatchObject({ outcome: "done", result: { duplicate: true } });
    expect(writes(hub)).toBe(2);
    expect(hub.world.customers.size).toBe(2); // with the one who is there from the start
  });

  test(`${name}: a document is found where it was put, and is not sent again`, async () => {
    await using hub = await givenHub();
    await upload(hub); // one of the same name is there already
    hub.simulator.fail(name, { at: isWrite });
    if (name === "silenceAfter")
      hub.simulator.letsWait = () => queueMicrotask(() => hub.clock.advance(60 * SECOND));
    const { outcome, json } = await upload(hub);
    const [, second] = [...hub.world.documents.keys()];
    expect({ outcome, json }).toMatchObject({ outcome: "200", json: { result: { document_id: second } } });
    expect(writes(hub)).toBe(2);
  });
}

test("what is lost three times is unknown, and is not sent a fourth time", async () => {
  await using hub = await givenHub();
  hub.simulator.fail("badGateway", { at: isWrite, times: always });
  const { outcome, json } = await create(hub);
  expect([outcome, json.outcome, writes(hub)]).toEqual(["502 upstream_failed", "unknown", 3]);
  await hub.app.advance(4 * 3_600 * SECOND);
  expect(writes(hub)).toBe(3);
  expect(await hub.commands()).toMatchObject([{ outcome: "unknown" }]);
});

test("a document that is not there after a lost answer was not uploaded", async () => {
  await using hub = await givenHub();
  hub.simulator.fail("badGateway", { at: isWrite });
  const { outcome, json } = await upload(hub);
  expect([outcome, json.outcome, writes(hub)]).toEqual(["502 upstream_failed", "not-done", 1]);
});

test("a document of which it is not known is looked up later, until it is", async () => {
  await using hub = await givenHub();
  hub.simulator.beforeEach = (request) => {
    if (isWrite(request)) hub.simulator.fail("forbidden", { at: isRead, times: always });
  };
  hub.simulator.fail("badGatewayAfter", { at: isWrite });
  const { outcome, json } = await upload(hub);
  expect([outcome, json.outcome]).toEqual(["502 upstream_failed", "unknown"]);
  hub.simulator.recover();
  await hub.app.advance(120 * SECOND);
  const [id] = [...hub.world.documents.keys()];
  expect(await hub.commands()).toMatchObject([{ outcome: "done", answer: { document_id: id } }]);
  expect(writes(hub)).toBe(1);
});

test("where documents cannot be listed they are sent all the same, and a lost answer is unknown", async () => {
  await using hub = await givenHub({ settings: { paths: { documents: "/nowhere/{customerId}" } } });
  expect((await upload(hub)).outcome).toBe("200");
  hub.simulator.fail("badGatewayAfter", { at: isWrite });
  const { outcome, json } = await upload(hub);
  expect([outcome, json.outcome, writes(hub)]).toEqual(["502 upstream_failed", "unknown", 2]);
});

test("where the list shows that the key is wrong, nothing is sent", async () => {
  await using hub = await givenHub();
  hub.simulator.fail("unauthorized", { at: isRead });
  const { outcome, json } = await upload(hub);
  expect([outcome, json.outcome, writes(hub)]).toEqual(["502 upstream_failed", "not-done", 0]);
});

test("documents are deleted once: those that are gone after a lost answer were, those that are there were not", async () => {
  await using hub = await givenHub();
  const { json } = await upload(hub);
  const body = { dealer, doc_ids: [json.result.document_id] };
  const remove = () => hub.outcomeOf(hub.ask("POST", `${documentsOf(hub)}/delete`, { body }));
  hub.simulator.fail("badGateway", { at: isWrite });
  expect((await remove()).json).toMatchObject({ status: 502, outcome: "not-done" });
  hub.simulator.fail("badGatewayAfter", { at: isWrite });
  expect((await remove()).json).toMatchObject({ outcome: "done" });
  expect(hub.world.documents.size).toBe(0);
  expect((await remove()).outcome).toBe("404 upstream_not_found");
});

test("a template shows after a lost answer, forms do not", async () => {
  await using hub = await givenHub();
  const body = { form_data: form, file_stream: "AAAA" };
  hub.simulator.fail("brokenOffAfter", { at: isWrite, times: 2 });
  const template = await hub.outcomeOf(hub.ask("POST", "/templates?dpid=lakeside", { body }));
  const [id] = [...hub.world.templates.keys()];
  expect(template).toMatchObject({ outcome: "200", json: { result: { id } } });
  const packet = { title: "Papers", template_ids: [1] };
  const forms = await hub.outcomeOf(hub.ask("POST", "/orders/o1/forms", { body: packet }));
  expect(forms).toMatchObject({ outcome: "502 upstream_failed", json: { outcome: "unknown" } });
  expect(writes(hub)).toBe(2);
});

test("what Roadster answers to a command is masked before it is kept", async () => {
  for (const keepSensitive of [false, true]) {
    await using hub = await givenHub({ settings: { keepSensitive } });
    const { json } = await create(hub);
    const { id } = json.result.customer;
    const agent = { email: "ann.agent@example.com" };
    const owner = hub.world.customers.get(id) ?? expect.unreachable();
    owner.firstName = { ssn: "900-12-3456" } as never;
    await hub.outcomeOf(hub.ask("PUT", `/customers/${id}/agent`, { body: { agent } }));
    const [{ answer }] = await hub.commands();
    expect(answer.customer.first_name).toEqual({ ssn: keepSensitive ? "900-12-3456" : "***" });
  }
});
