/** Longest event type and longest pattern, in characters. */
export const EVENT_TYPE_MAX_LENGTH = 200;

/** What a subscription asks for: one event type, everything in a namespace, or everything. */
export type Pattern =
  | { kind: "name"; eventType: string }
  | { kind: "namespace"; namespace: string }
  | { kind: "all" };

const DOTTED_PARTS = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;
const ANY_FURTHER_PARTS = ".*";

/** True for dotted parts of letters, digits, _ and - with at most 200 characters in all. */
export function isEventType(text: string): boolean {
  return text.length <= EVENT_TYPE_MAX_LENGTH && DOTTED_PARTS.test(text);
}

/** The pattern that a subscription's `eventType` spells, or undefined where it spells none. */
export function parsePattern(text: string): Pattern | undefined {
  if (text === "*") return { kind: "all" };
  if (isEventType(text)) return { kind: "name", eventType: text };
  if (text.length > EVENT_TYPE_MAX_LENGTH || !text.endsWith(ANY_FURTHER_PARTS)) return undefined;
  const namespace = text.slice(0, -ANY_FURTHER_PARTS.length);
  return isEventType(namespace) ? { kind: "namespace", namespace } : undefined;
}

/** True when a subscription with this pattern wants events of this well-formed type. */
export function matches(pattern: string, eventType: string): boolean {
  const parsed = parsePattern(pattern);
  switch (parsed?.kind) {
    case "all":
      return true;
    case "name":
      return parsed.eventType === eventType;
    case "namespace":
      return eventType.startsWith(`${parsed.namespace}.`);
    default:
      return false;
  }
}

/** Every pattern that wants a well-formed event type, the closest first: the keys to look subscriptions up by. */
export function patternsMatching(eventType: string): string[] {
  const patterns = [eventType];
  for (let dot = eventType.lastIndexOf("."); dot > 0; dot = eventType.lastIndexOf(".", dot - 1)) {
    patterns.push(eventType.slice(0, dot) + ANY_FURTHER_PARTS);
  }
  patterns.push("*");
  return patterns;
}

/** The event type for a name given by another system: what does not fit becomes "_", and what fits stays as it is. */
export function toEventType(foreign: string): string {
  const parts = foreign.replace(/[^A-Za-z0-9_.-]/gu, "_").split(".");
  const filled = parts.map((part) => part || "_").join(".");
  return filled.slice(0, EVENT_TYPE_MAX_LENGTH).replace(/\.$/, "_"); // the cut may fall behind a dot
}
