import { queryOptions, useMutation, useQuery } from "@tanstack/react-query";
import { answerOf, api } from "../api/client.ts";
import { queries } from "../api/queries.ts";
import { toast } from "../shell/toasts.ts";

/** The states of a delivery, as filters offer them. */
export const STATUSES = ["pending", "retrying", "success", "failed", "cancelled"] as const;

/** Which deliveries are looked at; stands in the address bar. */
export interface DeliveryFilter {
  environment?: "sandbox" | "production";
  status?: (typeof STATUSES)[number];
  eventType?: string;
  eventId?: string;
  since?: string;
  until?: string;
}

const NAMES = ["environment", "status", "eventType", "eventId", "since", "until"] as const;

/** The filter among everything that stands in the address bar. */
export function filterIn(filters: Record<string, string>): DeliveryFilter {
  return Object.fromEntries(NAMES.flatMap((name) => (filters[name] ? [[name, filters[name]]] : [])));
}

/** A page's rows. */
const PAGE_SIZE = 100;

/** A page out of sight is forgotten after this, ms, and read again by its key. */
const KEEP_MS = 60_000;

const KEY = "deliveries";

/** One page of the list, without what only the detail shows: a payload may have a mebibyte. */
export const pageQuery = (filter: DeliveryFilter, lastKey: string | null) =>
  queryOptions({
    queryKey: [KEY, "page", filter, lastKey],
    queryFn: async () => {
      const query = { ...filter, limit: PAGE_SIZE, ...(lastKey !== null && { lastKey }) };
      const { deliveries, nextKey } = await answerOf(api.deliveries.get({ query: query as never }));
      return { rows: deliveries.map(({ payload, responseBody, customerId, ...row }) => row), nextKey };
    },
    staleTime: lastKey === null ? 0 : Number.POSITIVE_INFINITY,
    gcTime: KEEP_MS,
  });

export type DeliveryPage = Awaited<ReturnType<NonNullable<ReturnType<typeof pageQuery>["queryFn"]>>>;
export type DeliveryRow = DeliveryPage["rows"][number];

/** One delivery with each of its attempts. */
export const useDelivery = (deliveryId: string) =>
  useQuery({
    queryKey: [KEY, "one", deliveryId],
    queryFn: () => readDelivery(deliveryId),
    refetchInterval: ({ state }) => (isUnderWay(state.data?.status) ? 2_000 : false),
  });

const readDelivery = (deliveryId: string) =>
  answerOf(api.deliveries({ deliveryId: encodeURIComponent(deliveryId) }).get());

export type Delivery = Awaited<ReturnType<typeof readDelivery>>;
export type Attempt = Delivery["attemptLog"][number];

const isUnderWay = (status: string | undefined) => status === "pending" || status === "retrying";

/** Tells that a delivery may be another than it was. */
export const forgetDelivery = (deliveryId: string) =>
  queries.invalidateQueries({ queryKey: [KEY, "one", deliveryId] });

/** Makes a new delivery of a dead letter's event. */
export const useReplay = () =>
  useMutation({
    mutationFn: (deliveryId: string) => answerOf(api.deliveries.dlq({ deliveryId }).replay.post()),
    onSuccess() {
      toast.success("Queued: a new delivery of the same event is on its way.");
      return Promise.all([
        queries.invalidateQueries({ queryKey: [KEY] }),
        queries.invalidateQueries({ queryKey: ["dead-letters"] }),
      ]);
    },
  });
