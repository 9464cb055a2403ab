import { queryOptions, useMutation, useQueries, useQuery } from "@tanstack/react-query";
import { answerOf, api } from "../api/client.ts";
import { queries } from "../api/queries.ts";
import { toast } from "../shell/toasts.ts";

/** The two worlds of a customer, the harmless one first. */
export const ENVIRONMENTS = ["sandbox", "production"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** What is read of subscriptions is kept under this. */
export const KEY = "subscriptions";

/** The subscriptions of one environment. */
export const subscriptionsQuery = (environment: Environment) =>
  queryOptions({
    queryKey: [KEY, environment],
    queryFn: () => answerOf(api.subscriptions({ environment }).get()),
    refetchInterval: 15_000, // their health changes without anyone asking
  });

export type Subscription = Awaited<
  ReturnType<NonNullable<ReturnType<typeof subscriptionsQuery>["queryFn"]>>
>[number];

/** Both environments' subscriptions in one list. */
export function useAllSubscriptions(): { data: Subscription[] | undefined } {
  const [sandbox, production] = useQueries({ queries: ENVIRONMENTS.map(subscriptionsQuery) });
  if (sandbox?.data === undefined || production?.data === undefined) return { data: undefined };
  return { data: [...sandbox.data, ...production.data] };
}

const refresh = () => queries.invalidateQueries({ queryKey: [KEY] });

/** Which subscription. */
export type SubscriptionKey = Pick<Subscription, "environment" | "eventType">;

/** Where a subscription stands in the API. */
export const one = ({ environment, eventType }: SubscriptionKey) =>
  api.subscriptions({ environment })({ eventType: encodeURIComponent(eventType) });

/** What a form of a subscription holds. */
export interface SubscriptionEntry extends SubscriptionKey {
  webhookUrl: string;
  recovery: "manual" | "automatic";
}

/** Creates a subscription or changes it. */
export const useSave = () =>
  useMutation({
    mutationFn: ({ environment, ...body }: SubscriptionEntry) =>
      answerOf(api.subscriptions({ environment }).put(body)),
    meta: { isQuiet: true }, // the form itself tells what is wrong
    onSuccess: refresh,
  });

/** Pauses or resumes a subscription. */
export const useSetStatus = () =>
  useMutation({
    mutationFn: ({ status, ...key }: SubscriptionKey & { status: "active" | "paused" }) =>
      answerOf(one(key).status.patch({ status })),
    onSuccess(_, { status, eventType }) {
      toast.success(status === "paused" ? `${eventType} is paused.` : `${eventType} is active again.`);
      return refresh();
    },
  });

/** Deletes a subscription. */
export const useRemove = () =>
  useMutation({
    mutationFn: (key: SubscriptionKey) => answerOf(one(key).delete()),
    onSuccess(_, { eventType }) {
      toast.success(`${eventType} is deleted.`);
      return refresh();
    },
  });

/** Sends the catalog's example at once. */
export const useTest = () => useMutation({ mutationFn: sendTest, meta: { isQuiet: true } });

export type TestResult = Awaited<ReturnType<typeof sendTest>>;
const sendTest = (key: SubscriptionKey) => answerOf(one(key).test.post());

/** What promoting would change. */
export const usePromotePreview = () =>
  useQuery({
    queryKey: [KEY, "promote"],
    queryFn: () => answerOf(api.subscriptions.promote.get()),
    staleTime: 0,
    gcTime: 0,
  });

/** Copies the active sandbox subscriptions to production. */
export const usePromote = () =>
  useMutation({ mutationFn: () => answerOf(api.subscriptions.promote.post()), onSuccess: refresh });
