import { realSeams } from "../../src/seams.ts";
import { startDealerAuction } from "../../src/simulators/dealerauction/dealerauction.ts";
import { openLife } from "../../src/simulators/dealerauction/life.ts";
import { startPrivateAuto } from "../../src/simulators/privateauto/privateauto.ts";
import { startRoadster } from "../../src/simulators/roadster/roadster.ts";
import type { TestApp } from "./test-app.ts";
import type { TestClock } from "./test-clock.ts";

/** Connectors to three upstreams, one with old credentials; of the first, commands that went well and that did not. */
export async function startBusyConnectors(app: TestApp, token: string, clock: TestClock) {
  const seams = { ...realSeams(), clock, random: () => 0.4 };
  const auction = startDealerAuction({ seams });
  const chance = { now: clock.now, random: seams.random };
  openLife({ world: auction.world, customerId: "10001", size: 6, ...chance });
  const deals = startPrivateAuto({ seams });
  const shop = startRoadster({ seams });

  const put = async (name: string, kind: string, settings: object) => {
    const body = { kind, environment: "sandbox", settings };
    const answer = await app.call("PUT", `/connectors/${name}`, { auth: token, body });
    if (answer.status !== 201) throw new Error(answer.text);
    await app.call("POST", `/connectors/${name}/poll`, { auth: token });
  };
  const { url: baseUrl, username, customerIds } = auction;
  const settings = { baseUrl, username, customerIds };
  await put("lane-stock", "dealerauction", { ...settings, password: auction.password });
  await put("old-credentials", "dealerauction", { ...settings, password: "a password of last year" });
  const { partnerId, sharedSecret } = deals;
  await put("deals", "privateauto", { baseUrl: deals.url, partnerId, sharedSecret });
  await put("shop", "roadster", {
    baseUrl: shop.url,
    apiKey: shop.apiKey,
    cipherKey: "an example",
    dpids: [],
  });
  await markSome(app, token, auction);
  return {
    async [Symbol.asyncDispose]() {
      for (const upstream of [auction, deals, shop]) await upstream.stop();
    },
  };
}

/** Sells a car, then tries to sell it again. */
async function markSome(
  app: TestApp,
  token: string,
  { world }: ReturnType<typeof startDealerAuction>,
): Promise<void> {
  const { id } = world.list(world.add("10001").id);
  world.bid(id, 3200);
  world.end(id);
  for (const salePrice of [3400, 3500])
    await app.call("POST", `/connectors/lane-stock/listings/${id}/mark-as-sold`, {
      auth: token,
      body: { salePrice },
      headers: { "idempotency-key": `sale-${salePrice}` },
    });
}
