import { useQueries } from "@tanstack/react-query";
import { useEffect, useMemo, useReducer, useRef, useState } from "react";
import { type DeliveryNews, onDeliveryNews } from "../api/live.ts";
import { queries } from "../api/queries.ts";
import { type DeliveryFilter, type DeliveryPage, type DeliveryRow, pageQuery } from "./deliveries.ts";

/** How often news is worked in, ms: however much of it comes, the page stays smooth. */
const NEWS_EVERY_MS = 1_000;

/**
 * Rows in one list: enough to scroll through, and few enough that the page stays smooth and browsers can lay them
 * out. The list says so where it ends, and how to go on.
 */
export const MAX_ROWS = 10_000;

/** What is kept of a page for good: enough to find its rows' places, and the page after it. */
interface Outline {
  size: number;
  nextKey: string | null;
}

interface Place extends Outline {
  key: string | null;
  /** The index of its first row. */
  start: number;
}

/** An endless list of deliveries, of which only the pages in sight are held. */
export interface DeliveryPages {
  /** Rows known so far. */
  count: number;
  /** Whether there is more below that is read as one gets there. */
  hasMore: boolean;
  /** Where another list goes on, once this one is full; null: it is not, or there is nothing more. */
  goOnAt: string | null;
  /** Undefined while its page is read. */
  rowAt(index: number): DeliveryRow | undefined;
  /** Tells which rows are in sight. */
  look(first: number, last: number): void;
  isLoading: boolean;
  error: Error | null;
  /** Whether newer deliveries wait above. */
  hasNews: boolean;
  /** Begins anew at the newest. */
  refresh(): void;
}

/** Which list is read. */
export interface WhichDeliveries {
  filter: DeliveryFilter;
  /** Where another list was full, and this one goes on; null: from the newest. */
  start: string | null;
  /** Newer deliveries are shown as they come. */
  isFollowing: boolean;
}

/** Reads a list page by page, as its rows come in sight. */
export function useDeliveryPages({ filter, start, isFollowing }: WhichDeliveries): DeliveryPages {
  const [places, learn] = usePlaces(start);
  const [sight, setSight] = useState({ first: 0, last: 0 });
  const end = places.at(-1);
  const count = end === undefined ? 0 : end.start + end.size;
  const nextKey = end === undefined ? start : end.nextKey;
  const isFull = count >= MAX_ROWS && nextKey !== null;
  const hasMore = end === undefined || (nextKey !== null && !isFull);

  const inSight = places.filter(
    (place) => place.start <= sight.last && place.start + place.size >= sight.first,
  );
  const isEndInSight = end === undefined || (hasMore && sight.last >= end.start);
  const wanted = [...inSight.map(({ key }) => key), ...(isEndInSight ? [nextKey] : [])];
  const results = useQueries({ queries: wanted.map((key) => pageQuery(filter, key)) });
  const pages = new Map(wanted.map((key, at) => [key, results[at]?.data]));
  useEffect(() => learn(pages));

  const refresh = () =>
    void queries.invalidateQueries({ queryKey: pageQuery(filter, start).queryKey, exact: true });
  const isOpen = start === null && filter.until === undefined; // what is new stands at its top
  const [hasNews, setHasNews] = useNews({
    filter,
    isOpen,
    held: wanted,
    follow: isFollowing ? refresh : null,
  });
  return {
    count,
    hasMore,
    goOnAt: isFull ? nextKey : null,
    rowAt: (index) => rowIn(inSight, pages, index),
    look: (first, last) => {
      if (first !== sight.first || last !== sight.last) setSight({ first, last });
    },
    isLoading: results.some(({ isLoading }) => isLoading),
    error: results.find(({ error }) => error !== null)?.error ?? null,
    hasNews,
    refresh() {
      setHasNews(false);
      refresh();
    },
  };
}

type Pages = ReadonlyMap<string | null, DeliveryPage | undefined>;

function rowIn(places: readonly Place[], pages: Pages, index: number): DeliveryRow | undefined {
  const place = places.find(({ start, size }) => index >= start && index < start + size);
  return place && pages.get(place.key)?.rows[index - place.start];
}

/** The pages known so far, and what learns of those that were read. */
function usePlaces(start: string | null): [Place[], (pages: Pages) => void] {
  const outlines = useRef(new Map<string | null, Outline>());
  const [, outlined] = useReducer((times: number) => times + 1, 0);
  const learn = (pages: Pages) => {
    let isNew = false;
    for (const [key, page] of pages) {
      const before = outlines.current.get(key);
      if (page === undefined || (before?.nextKey === page.nextKey && before.size === page.rows.length))
        continue;
      outlines.current.set(key, { size: page.rows.length, nextKey: page.nextKey });
      isNew = true;
    }
    if (isNew) outlined();
  };
  return [placesOf(outlines.current, start), learn];
}

/** The pages from the first on, as far as they are known without a gap. */
function placesOf(outlines: ReadonlyMap<string | null, Outline>, first: string | null): Place[] {
  const places: Place[] = [];
  let start = 0;
  for (let key = first; ; ) {
    const outline = outlines.get(key);
    if (outline === undefined) return places;
    places.push({ ...outline, key, start });
    start += outline.size;
    if (outline.nextKey === null) return places;
    key = outline.nextKey;
  }
}

interface Listed {
  filter: DeliveryFilter;
  /** Whether new deliveries belong to the list. */
  isOpen: boolean;
  /** The keys of the pages that are held. */
  held: (string | null)[];
  follow: (() => void) | null;
}

/** Works what the stream tells into the pages that are held. */
function useNews(listed: Listed) {
  const [hasNews, setHasNews] = useState(false);
  const pending = useRef(new Map<string, DeliveryNews>());
  const current = useRef(listed);
  current.current = listed;

  useEffect(() => {
    const stop = onDeliveryNews((news) => pending.current.set(news.deliveryId, news));
    const timer = setInterval(() => {
      const { filter, isOpen, held, follow } = current.current;
      const unknown = workIn(pending.current, filter, held);
      pending.current.clear();
      if (!isOpen || !unknown.some((news) => isWanted(news, filter))) return;
      if (follow === null) setHasNews(true);
      else follow();
    }, NEWS_EVERY_MS);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, []);
  return [hasNews, setHasNews] as const;
}

/** Sets the states of rows that are held; gives the news of others. */
function workIn(
  news: ReadonlyMap<string, DeliveryNews>,
  filter: DeliveryFilter,
  held: (string | null)[],
): DeliveryNews[] {
  const known = new Set<string>();
  for (const key of news.size === 0 ? [] : held) {
    queries.setQueryData(pageQuery(filter, key).queryKey, (page: DeliveryPage | undefined) => {
      if (page === undefined || !page.rows.some(({ deliveryId }) => news.has(deliveryId))) return page;
      const rows = page.rows.map((row) => {
        const told = news.get(row.deliveryId);
        if (told !== undefined) known.add(row.deliveryId);
        return told === undefined || told.status === row.status ? row : { ...row, status: told.status };
      });
      return { ...page, rows };
    });
  }
  return [...news.values()].filter(({ deliveryId }) => !known.has(deliveryId));
}

const isWanted = (news: DeliveryNews, filter: DeliveryFilter) =>
  (filter.environment ?? news.environment) === news.environment &&
  (filter.status ?? news.status) === news.status &&
  (filter.eventType ?? news.eventType) === news.eventType;

/** The same object as long as the filter is the same. */
export function useSteady(filter: DeliveryFilter): DeliveryFilter {
  const text = JSON.stringify(filter);
  return useMemo(() => JSON.parse(text), [text]);
}
