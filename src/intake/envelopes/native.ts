import type { Draft } from "../draft.ts";
import { auctionIdsOf } from "./auction-ids.ts";
import { callersKey, publisherKey } from "./dedupe.ts";
import { type JsonSlice, stringOf } from "./json-slices.ts";
import { mistake, pathTo, refuseRepeatedKeys } from "./mistakes.ts";
import { payloadText } from "./payload.ts";
import { type Defaults, environmentFrom, eventTypeFrom } from "./publish-request.ts";

/** True for `eventType` and `payload`. */
export function isNative({ members }: JsonSlice): boolean {
  return members?.has("eventType") === true && members.has("payload");
}

/** The draft in `{"eventType", "payload", "id"?, "environment"?}`; what stands in it outranks query and headers. @throws Problem */
export function readNative(native: JsonSlice, path: string, defaults: Defaults): Draft {
  refuseRepeatedKeys(native, path);
  const members = native.members ?? new Map<string, JsonSlice>();
  const payload = members.get("payload");
  if (!payload) throw mistake("invalid_input", pathTo(path, "payload"), "is missing");
  const environment = members.get("environment");
  return {
    eventType: eventTypeFrom(stringIn(members.get("eventType")), pathTo(path, "eventType")),
    environment: environment
      ? environmentFrom(stringIn(environment), pathTo(path, "environment"))
      : defaults.environment,
    payload: payloadText(payload, pathTo(path, "payload")),
    auctionIds: auctionIdsOf(payload.members, members),
    dedupe: publisherKey(keyOf(members.get("id"), pathTo(path, "id"), defaults)),
  };
}

function keyOf(id: JsonSlice | undefined, path: string, { idempotencyKey }: Defaults): string | null {
  if (!id) return idempotencyKey;
  const key = callersKey(stringIn(id), path);
  if (idempotencyKey !== null && idempotencyKey !== key) {
    throw mistake("invalid_input", path, "differs from the header Idempotency-Key");
  }
  return key;
}

function stringIn(value: JsonSlice | undefined): string | null {
  return value?.kind === "string" ? stringOf(value) : null;
}
