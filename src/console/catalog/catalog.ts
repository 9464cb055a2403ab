import { queryOptions, useQuery } from "@tanstack/react-query";
import { answerOf, api } from "../api/client.ts";

/** The names in the catalog; they do not change while a hub runs. */
export const catalogQuery = queryOptions({
  queryKey: ["catalog"],
  queryFn: () => answerOf(api["event-catalog"].get()),
  staleTime: Number.POSITIVE_INFINITY,
});

export type Listing = Awaited<ReturnType<NonNullable<typeof catalogQuery.queryFn>>>;

/** One event type with its schema and example. */
export const useEntry = (eventType: string) =>
  useQuery({
    queryKey: ["catalog", eventType],
    queryFn: () => answerOf(api["event-catalog"]({ eventType: encodeURIComponent(eventType) }).get()),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Event types that belong together, and the pattern that matches all of them. */
export interface Group {
  name: string;
  pattern: string;
  eventTypes: string[];
}

/** The catalog in groups: the auctions' domains, then the kinds of connectors. */
export function groupsOf({ byDomain, sources }: Listing): Group[] {
  return [...Object.entries(byDomain), ...Object.entries(sources)].map(([name, eventTypes]) => ({
    name,
    pattern: patternOf(eventTypes),
    eventTypes,
  }));
}

/** The groups with only those types in them that have all of the words in their name. */
export function searched(groups: readonly Group[], text: string): Group[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return groups
    .map((group) => ({
      ...group,
      eventTypes: group.eventTypes.filter((name) => words.every((word) => name.toLowerCase().includes(word))),
    }))
    .filter(({ eventTypes }) => eventTypes.length > 0);
}

/** How many of the catalog's types a pattern matches. */
export function matchCount(groups: readonly Group[], pattern: string): number {
  const prefix = pattern.endsWith(".*") ? pattern.slice(0, -1) : null;
  return groups
    .flatMap(({ eventTypes }) => eventTypes)
    .filter((name) => pattern === "*" || name === pattern || (prefix !== null && name.startsWith(prefix)))
    .length;
}

function patternOf(eventTypes: readonly string[]): string {
  const [first = "", ...rest] = eventTypes.map((name) => name.split("."));
  const parts = [...first].slice(0, -1);
  const shared = parts.findIndex((part, at) => rest.some((other) => other[at] !== part));
  return `${parts.slice(0, shared < 0 ? parts.length : shared).join(".")}.*`;
}
