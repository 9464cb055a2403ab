import { isEventType } from "../../catalog/event-types.ts";
import { type Environment, environments } from "../../database/schema.ts";
import { callersKey } from "./dedupe.ts";
import { mistake } from "./mistakes.ts";

/** A publish request as http hands it over. */
export interface PublishRequest {
  body: Uint8Array;
  contentType: string | null;
  header(name: string): string | null;
  query(name: string): string | null;
}

/** What a request says of all its events, outside its body. */
export interface Defaults {
  environment: Environment;
  /** The type of bare payloads. */
  eventType: string | null;
  idempotencyKey: string | null;
}

/** Reads what stands in query and headers. @throws Problem */
export function readDefaults(request: PublishRequest): Defaults {
  const environment = oneOf(request, { query: "environment", header: "X-Environment" });
  const eventType = oneOf(request, { query: "eventType", header: "X-Event-Type" });
  const key = request.header("Idempotency-Key");
  return {
    environment: environment === null ? "production" : environmentFrom(environment.value, environment.path),
    eventType: eventType === null ? null : eventTypeFrom(eventType.value, eventType.path),
    idempotencyKey: key === null ? null : callersKey(key, "Idempotency-Key"),
  };
}

/** @throws Problem when there is no such environment */
export function environmentFrom(text: string | null, path: string): Environment {
  const environment = environments.find((name) => name === text);
  if (environment) return environment;
  throw mistake("invalid_input", path, `must be one of ${environments.join(", ")}`);
}

/** @throws Problem when the type is malformed */
export function eventTypeFrom(text: string | null, path: string): string {
  if (text !== null && isEventType(text)) return text;
  throw mistake(
    "invalid_event_type",
    path,
    "must be dotted parts of letters, digits, _ and -, 200 characters at most",
  );
}

/** Given in both places it must be the same: which one was meant is nobody's to guess. */
function oneOf(request: PublishRequest, names: { query: string; header: string }) {
  const query = request.query(names.query);
  const header = request.header(names.header);
  if (query !== null && header !== null && query !== header) {
    throw mistake("invalid_input", names.header, `differs from ${names.query} in the query`);
  }
  if (query !== null) return { value: query, path: names.query };
  return header === null ? null : { value: header, path: names.header };
}
