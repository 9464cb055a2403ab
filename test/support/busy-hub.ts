import { startBusyConnectors } from "./busy-connectors.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { PUBLISH_KEY, SECOND, startTestApp, type TestApp } from "./test-app.ts";
import { TestClock } from "./test-clock.ts";

const MINUTE = 60 * SECOND;
const MINUTES = 58;

/** A hub that has been at work for an hour: some receivers well, one slow, one down; dead letters; connectors. */
export interface BusyHub extends AsyncDisposable {
  app: TestApp;
  email: string;
  /** One that was delivered, one that is a dead letter, and an event that one subscription missed. */
  ids: { delivered: string; failed: string; eventId: string };
}

/** Starts a busy hub; its clock stands at the real present. */
export async function startBusyHub(): Promise<BusyHub> {
  const clock = new TestClock(Date.now() - MINUTES * MINUTE);
  const app = await startTestApp({ clock });
  const took = (ms: number) => () => {
    clock.advance(ms);
    return new Response('{"ok":true}', { headers: { "content-type": "application/json" } });
  };
  const [well, slow, down] = [startReceiver(took(12)), startReceiver(took(310)), startReceiver(500)];
  const { email, token } = await app.givenCustomer({ auctionIds: ["daanw", "cpaa"] });
  await subscribeAll(app, token, { well, slow, down });
  for (let minute = 0; minute < MINUTES; minute++) {
    if (minute === 25) down.answer([503, 503, 500]);
    await publishFor(app, minute);
    await app.advance(MINUTE);
  }
  const connectors = await startBusyConnectors(app, token, clock);
  await recover(app, token, clock.now() - 30 * MINUTE);
  const failed = (await app.deliveriesOf(token, "&status=failed"))[0];
  const delivered = (await app.deliveriesOf(token, "&status=success"))[3];
  return {
    app,
    email,
    ids: {
      delivered: delivered?.deliveryId ?? "",
      failed: failed?.deliveryId ?? "",
      eventId: failed?.eventId ?? "",
    },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      for (const each of [well, slow, down]) await each[Symbol.asyncDispose]();
      await connectors[Symbol.asyncDispose]();
    },
  };
}

async function subscribeAll(app: TestApp, token: string, to: Record<"well" | "slow" | "down", Receiver>) {
  const all = [
    ["sandbox", "ae.asset.deal.sold.ams", to.well],
    ["sandbox", "ae.asset.*", to.slow],
    ["sandbox", "ae.cart.*", to.down],
    ["production", "ae.asset.deal.sold.ams", to.well],
    ["production", "ae.auction.sale.upserted.ams", to.well],
    ["production", "ae.payment-vendor.*", to.down],
  ] as const;
  for (const [environment, eventType, { url }] of all)
    await app.givenSubscription(token, { environment, eventType, url });
  await app.call("PATCH", "/subscriptions/sandbox/ae.asset.*/status", {
    auth: token,
    body: { status: "paused" },
  });
}

/** More events at some times than at others, as auctions have it. */
async function publishFor(app: TestApp, minute: number): Promise<void> {
  const sales = Math.round(14 + 9 * Math.sin(minute / 6) + (minute % 7));
  const sale = (number: number) => ({
    eventType: number % 3 === 0 ? "ae.auction.sale.upserted.ams" : "ae.asset.deal.sold.ams",
    environment: number % 4 === 0 ? "sandbox" : "production",
    payload: {
      "auction-id": number % 2 === 0 ? "daanw" : "cpaa",
      asset: { id: 12_000 + number, stock: `A${minute}${number}`, vin: "1HGBH41JXMN109186" },
      amount: 18_250 + 50 * number,
      "sold-method": "at the block",
      announcements: ["frame damage", "no title"],
    },
  });
  const events = Array.from({ length: sales }, (_, number) => sale(number));
  if (minute % 9 === 4)
    events.push({ ...sale(0), eventType: "ae.cart.checked-out.ams", environment: "sandbox" });
  const answer = await app.call("POST", "/events", { auth: PUBLISH_KEY, body: events });
  if (answer.status !== 202) throw new Error(answer.text);
}

/** What came for the paused subscription is made up for; it waits until someone resumes it. */
async function recover(app: TestApp, token: string, since: number): Promise<void> {
  const body = { since: new Date(since).toISOString() };
  const answer = await app.call("POST", "/subscriptions/sandbox/ae.asset.*/recover", { auth: token, body });
  if (answer.status !== 202) throw new Error(answer.text);
  await app.idle();
}
