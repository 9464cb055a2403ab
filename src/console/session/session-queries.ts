import { queryOptions } from "@tanstack/react-query";
import { answerOf, api, CallError } from "../api/client.ts";
import { SESSION } from "../api/queries.ts";

/** Who is signed in; null: nobody. */
export const sessionQuery = queryOptions({
  queryKey: SESSION,
  queryFn: readSession,
  staleTime: Number.POSITIVE_INFINITY,
});

export type Session = NonNullable<Awaited<ReturnType<typeof readSession>>>;

/** Asks the hub who is signed in; null: nobody. @throws CallError where it does not answer */
export async function readSession() {
  try {
    return await answerOf(api.session.get());
  } catch (error) {
    if (error instanceof CallError && error.status === 401) return null;
    throw error;
  }
}

/** Whether the hub takes signups, for those who are not signed in. */
export const sessionOptionsQuery = queryOptions({
  queryKey: ["session-options"],
  queryFn: () => answerOf(api.session.options.get()),
});
