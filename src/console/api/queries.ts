import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { toast } from "../shell/toasts.ts";
import { CallError } from "./client.ts";

/** How long what was read counts as fresh, ms; the stream tells of changes earlier. */
const FRESH_MS = 5_000;

/** Every answer that the console keeps. */
export const queries = new QueryClient({
  queryCache: new QueryCache({ onError: endSessionOn401 }),
  mutationCache: new MutationCache({
    onError(error, _variables, _context, mutation) {
      if (mutation.meta?.isPasswordCheck !== true) endSessionOn401(error);
      if (mutation.meta?.isQuiet !== true) toast.failure(error.message);
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      retry: (failures, error) => failures < 2 && isWorthRetrying(error),
      networkMode: "always", // a hub on this machine answers without any network
    },
    mutations: { networkMode: "always" },
  },
});

/** The key that the session is kept under. */
export const SESSION = ["session"] as const;

function endSessionOn401(error: Error): void {
  if (!(error instanceof CallError) || error.status !== 401) return;
  const session = queries.getQueryData(SESSION);
  if (session === null || session === undefined) return;
  queries.setQueryData(SESSION, null);
}

/** A caller's mistake stays one. */
const isWorthRetrying = (error: Error) =>
  !(error instanceof CallError) || error.status === 0 || error.status >= 500;
