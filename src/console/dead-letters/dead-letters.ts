import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { answerOf, api } from "../api/client.ts";
import { OVERVIEW } from "../api/live.ts";
import { queries } from "../api/queries.ts";
import { counted } from "../parts/numbers.ts";
import { toast } from "../shell/toasts.ts";

const KEY = "dead-letters";

const readGroups = () => answerOf(api.deliveries.dlq.groups.get());

/** The dead letters that nobody replayed, by subscription and reason. */
export const useGroups = (isReplaying: boolean) =>
  useQuery({
    queryKey: [KEY, "groups"],
    queryFn: readGroups,
    refetchInterval: isReplaying ? 1_000 : 15_000, // while a replay runs, their counts are its progress
  });

export type Group = Awaited<ReturnType<typeof readGroups>>["groups"][number];

const PAGE_SIZE = 50;

/** Every dead letter, replayed ones too, newest first. */
export const useDeadLetters = () =>
  useInfiniteQuery({
    queryKey: [KEY, "all"],
    queryFn: async ({ pageParam }) => {
      const query = { limit: PAGE_SIZE, ...(pageParam !== null && { lastKey: pageParam }) };
      const { entries, nextKey } = await answerOf(api.deliveries.dlq.get({ query }));
      return { entries: entries.map(({ payload, customerId, ...rest }) => rest), nextKey };
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextKey }) => nextKey,
  });

/** Which dead letters are replayed; nothing given: all. */
export interface Replayed {
  subscription?: string;
  reason?: string;
}

/** Replays many; the answer comes when the last is queued. */
export const useReplayMany = () =>
  useMutation({
    mutationFn: (which: Replayed) => answerOf(api.deliveries.dlq.replay.post(which as never, { query: {} })),
    onSuccess({ queued, failed }) {
      const queuedText = `${counted(queued, "dead letter")} queued again.`;
      if (failed === 0) toast.success(queuedText);
      else toast.info(`${queuedText} ${counted(failed, "dead letter")} not: the subscription was deleted.`);
    },
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: [KEY] }),
        queries.invalidateQueries({ queryKey: ["deliveries"] }),
        queries.invalidateQueries({ queryKey: OVERVIEW }),
      ]),
  });

/** The name of a group's subscription, as a replay takes it. */
export const subscriptionOf = ({ environment, eventType }: Group) => `${environment}#${eventType}`;
