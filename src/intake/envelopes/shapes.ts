import { type Shape, shapeOf } from "./json-slices.ts";

/** Where a payload names auctions. */
export const payloadShape: Shape = shapeOf({ "auction-id": null, "cart-items": null }, "drops keys");

const envelopeNames = {
  "detail-type": null,
  detail: payloadShape,
  source: null,
  id: null,
  "auction-id": null,
};

/** An EventBridge envelope. */
export const envelopeShape: Shape = shapeOf(envelopeNames, "keeps keys");

/** An object of which it is not yet known what form it has: what any of the forms looks for. */
export const formShape: Shape = shapeOf(
  {
    ...envelopeNames,
    Data: envelopeShape,
    SystemMetadata: null,
    eventType: null,
    payload: payloadShape,
    environment: null,
    "cart-items": null,
    specversion: null,
    type: null,
  },
  "keeps keys",
);
