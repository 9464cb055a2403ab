import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Webhook } from "../../../src/simulators/privateauto/deliveries.ts";
import { givenDeals, VIN } from "./given.ts";

/** What came to the dealer, whatever the order: each event's name with what it says. */
const setOf = (hub: Awaited<ReturnType<typeof givenDeals>>) =>
  hub.receiver.received
    .map(({ headers, body }) => `${headers["x-webhook-event"]} ${withoutLinks(body)}`)
    .toSorted();

/** Snapshots of documents have links that are signed anew at each look. */
const withoutLinks = (body: string) =>
  body
    .replaceAll(/X-Amz-Expires=\d+&X-Amz-Signature=\w+/g, "")
    .replaceAll(/"expiresAt":"[^"]*"/g, "")
    .replaceAll(/127\.0\.0\.1:\d+/g, "");

/** A deal from its offer to its end, of which every webhook is kept back. */
async function givenWholeDeal() {
  const hub = await givenDeals({ settings: { archiveDocuments: true } });
  hub.deliveries.isHeld = true;
  const deal = hub.world.sell({ vin: VIN, amount: 18_500 });
  hub.world.accept(deal);
  hub.world.submitTitle(deal);
  hub.world.sign(deal, "bill-of-sale");
  hub.world.sign(deal, "poa");
  hub.world.complete(deal);
  return hub;
}

/** What the dealer hears, and which documents are kept, when the webhooks come so. */
async function heard(order: (webhooks: readonly Webhook[]) => readonly Webhook[], atOnce: number) {
  await using hub = await givenWholeDeal();
  const queue = [...order(hub.deliveries.webhooks)];
  while (queue.length > 0) {
    const answers = await Promise.all(queue.splice(0, atOnce).map((webhook) => hub.deliveries.send(webhook)));
    expect(answers.every((status) => status === 204)).toBe(true);
  }
  await hub.settle();
  const documents = await hub.documents();
  return { events: setOf(hub), documents: documents.map(({ name }) => name).toSorted() };
}

test("any order and repetition of a deal's webhooks gives the same set of events, and the same documents", async () => {
  const expected = await heard((webhooks) => webhooks, 1);
  expect(expected.events).toHaveLength(18 + 4);
  expect(expected.documents).toEqual(["bill-of-sale.pdf", "poa.pdf", "title-back.jpg", "title-front.jpg"]);
  const places = fc.array(fc.nat(1000), { minLength: 40, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(places, fc.integer({ min: 1, max: 8 }), async (places, atOnce) => {
      const shuffled = (webhooks: readonly Webhook[]) => {
        const repeated = [...webhooks, ...webhooks.filter((_, at) => (places[at] ?? 0) % 2 === 0)];
        return repeated
          .map((webhook, at) => ({ webhook, place: places[at] ?? 0 }))
          .toSorted((one, other) => one.place - other.place)
          .map(({ webhook }) => webhook);
      };
      expect(await heard(shuffled, atOnce)).toEqual(expected);
    }),
    { numRuns: 12 },
  );
}, 60_000);
