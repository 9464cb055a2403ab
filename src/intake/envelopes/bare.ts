import type { Draft } from "../draft.ts";
import { auctionIdsOf } from "./auction-ids.ts";
import { publisherKey } from "./dedupe.ts";
import type { JsonSlice } from "./json-slices.ts";
import { payloadText } from "./payload.ts";
import type { Defaults } from "./publish-request.ts";

/** The draft of an object that is a payload and nothing else; query and headers tell the rest. @throws Problem */
export function readBare(payload: JsonSlice, path: string, told: Defaults & { eventType: string }): Draft {
  return {
    eventType: told.eventType,
    environment: told.environment,
    payload: payloadText(payload, path),
    auctionIds: auctionIdsOf(payload.members, null),
    dedupe: publisherKey(told.idempotencyKey),
  };
}
