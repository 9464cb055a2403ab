import { queryOptions } from "@tanstack/react-query";
import { answerOf, api } from "../api/client.ts";
import { OVERVIEW } from "../api/live.ts";

/** The state of the whole; the stream keeps it fresh. */
export const overviewQuery = queryOptions({
  queryKey: OVERVIEW,
  queryFn: () => answerOf(api.overview.get()),
  staleTime: 30_000,
});

export type Overview = Awaited<ReturnType<NonNullable<typeof overviewQuery.queryFn>>>;

/** The last hour or the last day. */
export type Span = "hour" | "day";
