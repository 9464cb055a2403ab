import { Problem } from "../../problems.ts";
import type { Draft } from "../draft.ts";
import { readBare } from "./bare.ts";
import { isEnvelope, isRecord, readEnvelope, readRecord } from "./eventbridge.ts";
import { isArrayText, type JsonSlice, jsonBytes, readJson, readJsonArray } from "./json-slices.ts";
import { mistake, pathTo, readingAt } from "./mistakes.ts";
import { isNative, readNative } from "./native.ts";
import { type Defaults, type PublishRequest, readDefaults } from "./publish-request.ts";
import { formShape } from "./shapes.ts";

export { MAX_PAYLOAD_BYTES } from "./payload.ts";

/** Longest publish request, in bytes; http stops reading there. */
export const MAX_REQUEST_BYTES = 8 * 1_048_576;

/** Most events in one request: so many share a commit, and others wait for it. */
export const MAX_EVENTS_PER_REQUEST = 10_000;

const NO_CLOUD_EVENTS =
  "CloudEvents are not taken yet; send an EventBridge envelope or eventType and payload";

/** The drafts in a publish request, all or none; `[]` holds none. @throws Problem */
export function readDrafts(request: PublishRequest): Draft[] {
  refuseOtherForms(request);
  const defaults = readDefaults(request);
  return readingAt("", () => {
    const bytes = jsonBytes(request.body);
    return isArrayText(bytes)
      ? readArray(bytes, defaults)
      : [readOne(readJson(bytes, formShape), "", defaults)];
  });
}

/** What content type and headers alone say is of a form that is not taken. */
function refuseOtherForms({ contentType, header }: PublishRequest): void {
  const mediaType = (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (mediaType.startsWith("application/cloudevents") || header("ce-specversion") !== null) {
    throw mistake("unsupported_form", "", NO_CLOUD_EVENTS);
  }
  if (header("X-Amz-Target") === "AWSEvents.PutEvents") {
    throw mistake(
      "unsupported_form",
      "",
      "PutEvents is not taken yet; send its entries as EventBridge envelopes",
    );
  }
  if (mediaType === "" || mediaType === "application/json" || mediaType.endsWith("+json")) return;
  throw mistake("unsupported_form", "", "Send JSON, with Content-Type: application/json");
}

/** One element that is wrong spoils all; the text is still read to its end, for malformed JSON is the graver mistake. */
function readArray(bytes: Buffer, defaults: Defaults): Draft[] {
  if (defaults.idempotencyKey !== null) {
    throw mistake(
      "invalid_input",
      "Idempotency-Key",
      "is for a single event; give the elements of an array an id",
    );
  }
  const drafts: Draft[] = [];
  let spoilt: Problem | null = null;
  readJsonArray(bytes, formShape, (element, index) => {
    if (spoilt) return;
    if (index === MAX_EVENTS_PER_REQUEST) {
      spoilt = mistake(
        "request_too_large",
        "",
        `At most ${MAX_EVENTS_PER_REQUEST} events fit in one request`,
      );
      return;
    }
    try {
      drafts.push(readOne(element, `[${index}]`, defaults));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      spoilt = error;
    }
  });
  if (spoilt) throw spoilt;
  return drafts;
}

/** Tells the forms apart, in the order that the API promises. */
function readOne(value: JsonSlice, path: string, defaults: Defaults): Draft {
  if (value.kind !== "object") {
    throw mistake(
      "invalid_input",
      path,
      path === "" ? "The body must be a JSON object or array" : "must be a JSON object",
    );
  }
  if (isCloudEvent(value)) throw mistake("unsupported_form", path, NO_CLOUD_EVENTS);
  if (isRecord(value)) return readRecord(value, path, defaults);
  if (isEnvelope(value)) return readEnvelope(value, path, defaults);
  if (isNative(value)) return readNative(value, path, defaults);
  const { eventType } = defaults;
  if (eventType !== null) return readBare(value, path, { ...defaults, eventType });
  throw formless(value, path);
}

function isCloudEvent({ members }: JsonSlice): boolean {
  return ["specversion", "type", "source", "id"].every((name) => members?.has(name));
}

/** Half a form is a form with a member missing. */
function formless({ members }: JsonSlice, path: string): Problem {
  const halves = [
    ["eventType", "payload"],
    ["payload", "eventType"],
    ["detail-type", "detail"],
  ] as const;
  for (const [given, missing] of halves) {
    if (members?.has(given)) return mistake("invalid_input", pathTo(path, missing), "is missing");
  }
  const told = "send eventType and payload, or an EventBridge envelope, or give the type as ?eventType=";
  return mistake("unknown_form", path, told);
}
