import { useMutation, useQuery } from "@tanstack/react-query";
import { answerOf } from "../api/client.ts";
import { queries } from "../api/queries.ts";
import { KEY, one, type SubscriptionKey } from "./subscriptions.ts";

const keyOf = ({ environment, eventType }: SubscriptionKey) => [KEY, "recoveries", environment, eventType];

const readAll = (key: SubscriptionKey) => answerOf(one(key).recover.get());

/** A subscription's recoveries, newest first; one that runs is looked at each second. */
export const useRecoveries = (key: SubscriptionKey) =>
  useQuery({
    queryKey: keyOf(key),
    queryFn: () => readAll(key),
    refetchInterval: ({ state }) =>
      state.data?.recoveries.some(({ status }) => status === "running") ? 1_000 : 15_000,
  });

export type Recovery = Awaited<ReturnType<typeof readAll>>["recoveries"][number];

/** Starts one: from `since` to before `until`, ISO 8601; without `until` up to now. */
export const useRecover = (key: SubscriptionKey) =>
  useMutation({
    mutationFn: (span: { since: string; until?: string }) => answerOf(one(key).recover.post(span as never)), // typed as it is once it was read
    meta: { isQuiet: true }, // the form itself tells what is wrong
    onSuccess: () => queries.invalidateQueries({ queryKey: keyOf(key) }),
  });

/** Cancels one; what it has made stays. */
export const useCancelRecovery = (key: SubscriptionKey) =>
  useMutation({
    mutationFn: (recoveryId: string) => answerOf(one(key).recover({ recoveryId }).delete()),
    onSettled: () => queries.invalidateQueries({ queryKey: keyOf(key) }),
  });
