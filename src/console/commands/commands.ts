import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { answerOf, api, callByPath } from "../api/client.ts";
import { queries } from "../api/queries.ts";
import type { Request } from "./input-values.ts";
import type { Offer } from "./offers.ts";

const PAGE_SIZE = 50;

/** How often the list is read again while the end of one is not known, ms. */
const LOOK_MS = 5_000;

const keyOf = (connector: string) => ["connectors", connector, "commands"];

const readPage = (name: string, lastKey: string | null) =>
  answerOf(
    api
      .connectors({ name })
      .commands.get({ query: { limit: PAGE_SIZE, ...(lastKey !== null && { lastKey }) } }),
  );

/** What was asked of a connector's upstream, newest first, a page at a time. */
export const useCommands = (connector: string) =>
  useInfiniteQuery({
    queryKey: keyOf(connector),
    queryFn: ({ pageParam }) => readPage(connector, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextKey }) => nextKey,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ commands }) => commands.some(isOpen)) ? LOOK_MS : false,
  });

export type Command = Awaited<ReturnType<typeof readPage>>["commands"][number];

const isOpen = ({ outcome }: Command) => outcome === "running" || outcome === "unknown";

/** An offer that someone takes up. */
export interface Asked {
  connector: string;
  offer: Offer;
  request: Request;
  /** The same for each repeat, so that nothing is sent twice. */
  idempotencyKey: string;
}

/** Asks it of the upstream; the answer may take 90 seconds. What was given is forgotten with the form. */
export const useAsk = () =>
  useMutation({
    mutationFn: ask,
    meta: { isQuiet: true }, // the form itself tells what came of it
    gcTime: 0,
    onSettled: (_answer, _error, { connector, offer }) =>
      offer.isQuestion ? undefined : queries.invalidateQueries({ queryKey: keyOf(connector) }),
  });

function ask({ connector, offer, request, idempotencyKey }: Asked): Promise<unknown> {
  const parts = offer.path.split("/").slice(1);
  const filled = parts.map((part) => (part.startsWith("{") ? (request.path[part.slice(1, -1)] ?? "") : part));
  return callByPath(offer.method, ["connectors", connector, ...filled], {
    body: request.body,
    query: request.query,
    headers: offer.isQuestion ? {} : { "idempotency-key": idempotencyKey },
  });
}
