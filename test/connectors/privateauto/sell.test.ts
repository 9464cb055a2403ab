import { expect, test } from "bun:test";
import type { ShownCommand } from "../../../src/commands/shown-command.ts";
import type { Asked } from "../../../src/simulators/privateauto/account.ts";
import { problemIn } from "../../support/problem.ts";
import { SECOND } from "../../support/test-app.ts";
import { givenDeals, MINUTE, VIN } from "./given.ts";

const isPost = ({ method }: Asked) => method === "POST";
const SALE = { vin: VIN, amount: 18_500, year: 2021, make: "Honda", model: "Civic" };

/** A hub that hears of nothing: only what goes out counts here. */
async function givenSeller(settings: Record<string, unknown> = {}) {
  const hub = await givenDeals({ isConnected: false, settings: { enrich: false, ...settings } });
  const post = (path: string, body: object, key?: string) =>
    hub.app.call("POST", `/connectors/deals/${path}`, {
      auth: hub.token,
      body,
      ...(key !== undefined && { headers: { "Idempotency-Key": key } }),
    });
  return Object.assign(hub, {
    post,
    sell: (body: object = SALE, key?: string) => post("sell", body, key),
    /** While time passes, as it must where an answer never comes. */
    async patiently<T>(answer: Promise<T>): Promise<T> {
      let isThere = false;
      void answer.finally(() => {
        isThere = true;
      });
      while (!isThere) {
        await Bun.sleep(1);
        if (!isThere) hub.clock.advance(SECOND / 2);
      }
      return answer;
    },
    posts: () => hub.simulator.requests.filter(isPost).length,
    commands: async (): Promise<ShownCommand[]> =>
      (await hub.app.call("GET", "/connectors/deals/commands", { auth: hub.token })).json().commands,
  });
}

test("a deal is started, answered as PrivateAuto answers, and kept", async () => {
  await using hub = await givenSeller();
  const answer = await hub.sell();
  const [deal] = hub.world.deals.values();
  expect(answer.json()).toMatchObject({
    outcome: "done",
    deal: {
      dealId: deal?.id,
      guid: deal?.guid,
      buyerLink: expect.any(String),
      sellerLink: expect.any(String),
    },
  });
  expect(hub.simulator.requests.find(isPost)).toMatchObject({
    path: "/sell/partner-acme",
    body: JSON.stringify(SALE),
  });
  expect(await hub.commands()).toMatchObject([
    { name: "sell", target: `vins/${VIN}`, request: SALE, outcome: "done", answer: { dealId: deal?.id } },
  ]);
});

test("each of the upstream's algorithms signs what it takes", async () => {
  for (const algorithm of ["HS256", "HS384", "HS512"]) {
    await using hub = await givenSeller({ algorithm });
    expect((await hub.connector()).lastError).toBeNull();
    expect((await hub.sell()).status).toBe(200);
  }
  await using hub = await givenSeller({ sharedSecret: Buffer.from("another").toString("base64") });
  expect((await hub.connector()).lastError).toMatchObject({ code: "bad_credentials" });
  expect(problemIn(await hub.sell())).toBe("502 upstream_failed");
  expect(hub.posts()).toBe(0);
});

test("a repeat with the same key starts nothing", async () => {
  await using hub = await givenSeller();
  const first = await hub.sell(SALE, "key-1");
  expect((await hub.sell(SALE, "key-1")).text).toBe(first.text);
  expect(problemIn(await hub.sell({ ...SALE, amount: 1 }, "key-1"))).toBe("409 idempotency_key_reused");
  expect(hub.world.deals.size).toBe(1);
  expect((await hub.sell(SALE, "key-2")).status).toBe(200); // wanted once more
  expect(hub.world.deals.size).toBe(2);
});

test("where the answer was lost, the deal is found by its vehicle", async () => {
  for (const failure of ["silenceAfter", "serverErrorAfter", "htmlPageAfter", "truncated"] as const) {
    await using hub = await givenSeller();
    hub.world.accept(hub.world.sell({ vin: VIN, amount: 18_500 })); // an older one of the same vehicle
    for (let n = 0; n < 130; n++) hub.world.sell({ vin: `1HGBH41JXMN2${String(n).padStart(5, "0")}` });
    hub.clock.advance(10 * MINUTE);
    hub.simulator.fail(failure, { at: isPost });
    const answer = await hub.patiently(hub.sell(SALE, "key-1"));
    const [offer] = [...hub.world.offers.values()].slice(-1);
    expect([failure, answer.json().deal]).toEqual([
      failure,
      { offerId: offer?.id, guid: offer?.guid, listingId: offer?.listingId, foundAfterwards: true },
    ]);
    expect(hub.posts()).toBe(1);
    expect((await hub.sell(SALE, "key-1")).text).toBe(answer.text);
    expect(hub.posts()).toBe(1);
  }
});

test("where it cannot be found, nothing is sent again until it is known not to be there", async () => {
  await using hub = await givenSeller();
  hub.simulator.fail("silence", { at: isPost });
  const first = await hub.patiently(hub.sell(SALE, "key-1"));
  expect(problemIn(first)).toBe("502 upstream_failed");
  expect(first.json().outcome).toBe("unknown");
  const again = await hub.patiently(hub.sell(SALE));
  expect(problemIn(again)).toBe("409 earlier_command");
  expect(again.json()).toMatchObject({ commandId: first.json().commandId, outcome: "unknown" });
  expect(hub.posts()).toBe(1);
  await hub.advance(3 * MINUTE);
  expect(await hub.commands()).toMatchObject([{ outcome: "not-done" }]);
  expect((await hub.sell(SALE)).status).toBe(200);
  expect(hub.posts()).toBe(2);
});

test("a deal that shows up late is found before another is started", async () => {
  await using hub = await givenSeller();
  hub.simulator.fail("silence", { at: isPost });
  await hub.patiently(hub.sell(SALE, "key-1"));
  hub.world.sell(SALE); // what was still under way at the upstream
  const again = await hub.sell(SALE);
  expect(problemIn(again)).toBe("409 earlier_command");
  expect(again.json().outcome).toBe("done");
  expect(hub.posts()).toBe(1);
  expect(await hub.commands()).toMatchObject([{ outcome: "done", answer: { foundAfterwards: true } }]);
});

test("one of the same vehicle with another amount is not taken for ours", async () => {
  await using hub = await givenSeller();
  hub.simulator.fail("silence", { at: isPost });
  const first = hub.sell(SALE);
  while (hub.posts() === 0) await Bun.sleep(1);
  hub.world.sell({ vin: VIN, amount: 9000 });
  const answer = await hub.patiently(first);
  expect(answer.json()).toMatchObject({
    code: "upstream_failed",
    outcome: "unknown",
    found: { price: 9000 },
  });
});

test("a refusal is passed on with the upstream's words, and nothing is looked for", async () => {
  const refusals = [
    ["forbidden", "403 upstream_forbidden", "This organization is not on your allowlist"],
    ["notFound", "404 upstream_not_found", "Not found"],
    ["conflict", "409 upstream_conflict", "Conflict"],
    ["tooMany", "502 upstream_failed", "Too many requests"],
    ["unauthorized", "502 upstream_failed", "Unauthorized"],
  ] as const;
  for (const [failure, problem, words] of refusals) {
    await using hub = await givenSeller();
    hub.simulator.fail(failure, { at: isPost });
    const answer = await hub.sell();
    expect(problemIn(answer)).toBe(problem);
    expect(answer.json()).toMatchObject({ errorMessage: words });
    expect((await hub.commands())[0]?.outcome).toBe(problem.startsWith("502") ? "not-done" : "refused");
  }
});

test("what PrivateAuto would refuse is refused here", async () => {
  await using hub = await givenSeller();
  const wrong: [body: object, path: string][] = [
    [{}, "vin"],
    [{ vin: "SHORT" }, "vin"],
    [{ vin: "IOQBH41JXMN109186" }, "vin"],
    [{ vin: VIN, amount: -1 }, "amount"],
    [{ vin: VIN, buyerSendLink: true }, "buyerEmail"],
    [{ vin: VIN, sellerSendLink: true }, "sellerEmail"],
    [{ vin: VIN, sellerEmail: "nobody" }, "sellerEmail"],
  ];
  for (const [body, path] of wrong) {
    const answer = await hub.sell(body);
    expect(problemIn(answer)).toBe("422 invalid_input");
    expect(answer.json().errors[0].path).toBe(path);
  }
  expect((await hub.sell({ vin: VIN.toLowerCase() })).status).toBe(200);
  expect(hub.simulator.requests.find(isPost)?.body).toBe(JSON.stringify({ vin: VIN }));
});
