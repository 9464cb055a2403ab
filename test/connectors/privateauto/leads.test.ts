import { expect, test } from "bun:test";
import { problemIn } from "../../support/problem.ts";
import { SECOND } from "../../support/test-app.ts";
import { givenDeals } from "./given.ts";

const LEAD = {
  callerReferenceId: "LDR/98 234",
  organizationId: "663a1f2b4e8c9a001234abcd",
  contact: { name: "Jane Smith", email: "jane@example.com" },
};

async function givenCaller(settings: Record<string, unknown> = {}) {
  const hub = await givenDeals({ isConnected: false, settings });
  return Object.assign(hub, {
    submit: (body: object = LEAD) =>
      hub.app.call("POST", "/connectors/deals/leads", { auth: hub.token, body }),
    read: (reference: string) =>
      hub.app.call("GET", `/connectors/deals/leads/${encodeURIComponent(reference)}`, { auth: hub.token }),
  });
}

test("a lead is handed in, and read by the caller's own reference", async () => {
  await using hub = await givenCaller();
  const answer = await hub.submit();
  expect(answer.json()).toMatchObject({
    outcome: "done",
    lead: { callerReferenceId: LEAD.callerReferenceId },
  });
  const [path] = hub.simulator.requests.filter(({ method }) => method === "POST").map(({ path }) => path);
  expect(path).toBe("/leads/partner-acme");
  const read = await hub.read(LEAD.callerReferenceId);
  expect(read.json()).toMatchObject({ leadId: answer.json().lead.leadId, status: "new" });
  expect(problemIn(await hub.read("unknown"))).toBe("404 upstream_not_found");
});

test("one that is there already is a success, however often it is handed in", async () => {
  await using hub = await givenCaller();
  const first = (await hub.submit()).json();
  const second = (await hub.submit()).json();
  expect(second.lead).toMatchObject({ leadId: first.lead.leadId, callerReferenceId: LEAD.callerReferenceId });
  expect(second.commandId).not.toBe(first.commandId);
  expect(hub.world.leads.size).toBe(1);
});

test("where the answer was lost, it is read whether the lead is there", async () => {
  for (const [failure, outcome] of [
    ["silenceAfter", "done"],
    ["serverErrorAfter", "done"],
    ["silence", "not-done"],
    ["serverError", "not-done"],
  ] as const) {
    await using hub = await givenCaller();
    hub.simulator.letsWait = () => void setTimeout(() => hub.clock.advance(21 * SECOND), 1);
    hub.simulator.fail(failure, { at: ({ method }) => method === "POST" });
    expect([failure, (await hub.submit()).json().outcome]).toEqual([failure, outcome]);
  }
});

test("a dealer that is not on the allowlist is told as such", async () => {
  await using hub = await givenCaller();
  const answer = await hub.submit({ ...LEAD, organizationId: "other" });
  expect(problemIn(answer)).toBe("403 upstream_forbidden");
  expect(answer.json().errorMessage).toBe("This organization is not on your allowlist");
});

test("the path of leads, which nobody documents, is a setting", async () => {
  await using hub = await givenCaller({ leadsPath: "/v2/{partnerId}/leads" });
  expect(problemIn(await hub.submit())).toBe("404 upstream_not_found");
  expect(hub.simulator.requests.at(-1)?.path).toBe("/v2/partner-acme/leads");
});
