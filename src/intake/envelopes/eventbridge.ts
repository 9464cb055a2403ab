import { isEventType, toEventType } from "../../catalog/event-types.ts";
import type { Draft } from "../draft.ts";
import { auctionIdsOf } from "./auction-ids.ts";
import { publisherKey, sourceKey } from "./dedupe.ts";
import { type JsonSlice, jsonBytes, readJson, stringOf } from "./json-slices.ts";
import { mistake, pathTo, readingAt, refuseRepeatedKeys } from "./mistakes.ts";
import { payloadText } from "./payload.ts";
import type { Defaults } from "./publish-request.ts";
import { envelopeShape } from "./shapes.ts";

/** True for what an EventBridge rule sends: `detail-type` and `detail`. */
export function isEnvelope({ members }: JsonSlice): boolean {
  return members?.has("detail-type") === true && members.has("detail");
}

/** True for what an event bus wraps around it: `Data` and `SystemMetadata`. */
export function isRecord({ members }: JsonSlice): boolean {
  return members?.has("Data") === true && members.has("SystemMetadata");
}

/** The draft in an envelope. @throws Problem */
export function readEnvelope(envelope: JsonSlice, path: string, defaults: Defaults): Draft {
  refuseRepeatedKeys(envelope, path);
  const members = envelope.members ?? new Map<string, JsonSlice>();
  const detail = members.get("detail");
  if (!detail) throw mistake("invalid_input", pathTo(path, "detail"), "is missing");
  const { environment, idempotencyKey } = defaults;
  return {
    eventType: foreignType(members.get("detail-type"), pathTo(path, "detail-type")),
    environment,
    payload: payloadText(detail, pathTo(path, "detail")),
    auctionIds: auctionIdsOf(detail.members, members),
    dedupe: publisherKey(idempotencyKey) ?? sourceKey(members, path),
  };
}

/** The draft in a record, whose `Data` is an envelope or the text of one. @throws Problem */
export function readRecord(record: JsonSlice, path: string, defaults: Defaults): Draft {
  refuseRepeatedKeys(record, path);
  const at = pathTo(path, "Data");
  const data = record.members?.get("Data");
  const envelope = data?.kind === "string" ? readText(stringOf(data), at) : data;
  if (envelope && isEnvelope(envelope)) return readEnvelope(envelope, at, defaults);
  throw mistake(
    "invalid_input",
    at,
    "must be an EventBridge envelope with detail-type and detail, or the text of one",
  );
}

function readText(text: string, path: string): JsonSlice {
  // Half a surrogate pair has no bytes in UTF-8, so what was sent could not be passed on as it came.
  if (!text.isWellFormed()) throw mistake("malformed_json", path, "the text is not Unicode");
  return readingAt(path, () => readJson(jsonBytes(Buffer.from(text)), envelopeShape));
}

/** Another system's name for its event: as it is where it fits, else with what does not fit replaced. */
function foreignType(value: JsonSlice | undefined, path: string): string {
  const name = value?.kind === "string" ? stringOf(value) : "";
  if (name === "") throw mistake("invalid_event_type", path, "must be a string with something in it");
  return isEventType(name) ? name : toEventType(name);
}
