import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { answerOf, api } from "../api/client.ts";
import { queries } from "../api/queries.ts";
import { toast } from "../shell/toasts.ts";

const KEY = "connectors";

const readAll = () => answerOf(api.connectors.get());

/** Every connector, by name. */
export const useConnectors = () => useQuery({ queryKey: [KEY], queryFn: readAll, refetchInterval: 10_000 });

export type Connector = Awaited<ReturnType<typeof readAll>>["connectors"][number];

/** A connector's last runs, newest first. */
export const useRuns = (name: string) =>
  useQuery({
    queryKey: [KEY, name, "runs"],
    queryFn: () => answerOf(api.connectors({ name }).runs.get()),
    refetchInterval: ({ state }) => (state.data?.runs[0]?.status === "running" ? 1_000 : 10_000),
  });

const PAGE_SIZE = 50;

/** The documents that were fetched through a connector, newest first, a page at a time. */
export const useDocuments = (connector: string) =>
  useInfiniteQuery({
    queryKey: [KEY, connector, "documents"],
    queryFn: ({ pageParam }) => {
      const query = { connector, limit: PAGE_SIZE, ...(pageParam !== null && { lastKey: pageParam }) };
      return answerOf(api.documents.get({ query }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextKey }) => nextKey,
  });

const refresh = () => queries.invalidateQueries({ queryKey: [KEY] });

/** What the form of a connector holds. */
export interface ConnectorEntry {
  name: string;
  kind: string;
  environment: "sandbox" | "production";
  schedule?: string;
  settings: Record<string, unknown>;
}

/** Makes a connector or changes it; the answer tells whether its credentials work. */
export const useSaveConnector = () =>
  useMutation({
    mutationFn: ({ name, ...body }: ConnectorEntry) => answerOf(api.connectors({ name }).put(body)),
    meta: { isQuiet: true }, // the form itself tells what is wrong
    onSuccess: refresh,
  });

/** Pauses or resumes a connector. */
export const useSetConnectorStatus = () =>
  useMutation({
    mutationFn: ({ name, status }: { name: string; status: "active" | "paused" }) =>
      answerOf(api.connectors({ name }).status.patch({ status })),
    onSuccess: refresh,
  });

/** Deletes a connector. */
export const useRemoveConnector = () =>
  useMutation({
    mutationFn: (name: string) => answerOf(api.connectors({ name }).delete()),
    onSuccess(_, name) {
      toast.success(`${name} is deleted; the events that it brought stay.`);
      return refresh();
    },
  });

/** Runs a connector now; the answer comes with the run's end. */
export const usePoll = () =>
  useMutation({
    mutationFn: (name: string) => answerOf(api.connectors({ name }).poll.post()),
    onSuccess({ status, events, error }, name) {
      if (status === "failed") toast.failure(`${name}: ${error?.message ?? "the run failed"}`);
      else toast.success(`${name}: ${events} new ${events === 1 ? "event" : "events"}.`);
    },
    onSettled: refresh,
  });
