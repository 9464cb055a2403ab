import { useQueries } from "@tanstack/react-query";
import { useEffect, useMemo, useReducer, useRef, useState } from "react";
import { type DeliveryNews, onDeliveryNews } from "../api/live.ts";
import { queries } from "../api/queries.ts";
import { type DeliveryFilter, type DeliveryPage, type DeliveryRow, pageQuery } from "./deliveries.ts";

/** How often news is worked in, ms: however much of it comes, the page stays smooth. */
const NEWS_EVERY_MS = 1_000;

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
  /** Whether there is more below. */
  hasMore: boolean;
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

/** Reads a list page by page; `isFollowing`: newer deliveries are shown as they come. */
export function useDeliveryPages(filter: DeliveryFilter, isFollowing: boolean): DeliveryPages {
  const outlines = useRef(new Map<string | null, Outline>());
  const [sight, setSight] = useState({ first: 0, last: 0 });
  const [, outlined] = useReducer((times: number) => times + 1, 0);
  const places = placesOf(outlines.current);
  const end = places.at(-1);
  const count = end === undefined ? 0 : end.start + end.size;
  const hasMore = end === undefined || end.nextKey !== null;

  const inSight = places.filter(({ start, size }) => start <= sight.last && start + size >= sight.first);
  const wanted = inSight.map(({ key }) => key);
  if (end === undefined) wanted.push(null);
  else if (end.nextKey !== null && sight.last >= end.start) wanted.push(end.nextKey);
  const results = useQueries({ queries: wanted.map((key) => pageQuery(filter, key)) });

  const pages = new Map(wanted.map((key, at) => [key, results[at]?.data]));
  useEffect(() => {
    let isNew = false;
    for (const [key, page] of pages) {
      const before = outlines.current.get(key);
      if (page === undefined || (before?.nextKey === page.nextKey && before.size === page.rows.length))
        continue;
      outlines.current.set(key, { size: page.rows.length, nextKey: page.nextKey });
      isNew = true;
    }
    if (isNew) outlined();
  });

  const newest = pageQuery(filter, null).queryKey;
  const refresh = () => void queries.invalidateQueries({ queryKey: newest, exact: true });
  const [hasNews, setHasNews] = useNews(filter, wanted, isFollowing ? refresh : null);
  return {
    count,
    hasMore,
    rowAt(index) {
      const place = inSight.find(({ start, size }) => index >= start && index < start + size);
      return place && pages.get(place.key)?.rows[index - place.start];
    },
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

/** The pages from the newest on, as far as they are known without a gap. */
function placesOf(outlines: ReadonlyMap<string | null, Outline>): Place[] {
  const places: Place[] = [];
  let start = 0;
  for (let key: string | null = null; ; ) {
    const outline = outlines.get(key);
    if (outline === undefined) return places;
    places.push({ ...outline, key, start });
    start += outline.size;
    if (outline.nextKey === null) return places;
    key = outline.nextKey;
  }
}

/** Works what the stream tells into the pages that are held. */
function useNews(filter: DeliveryFilter, held: (string | null)[], follow: (() => void) | null) {
  const [hasNews, setHasNews] = useState(false);
  const pending = useRef(new Map<string, DeliveryNews>());
  const current = useRef({ filter, held, follow });
  current.current = { filter, held, follow };

  useEffect(() => {
    const stop = onDeliveryNews((news) => pending.current.set(news.deliveryId, news));
    const timer = setInterval(() => {
      const { filter, held, follow } = current.current;
      const unknown = workIn(pending.current, filter, held);
      pending.current.clear();
      if (!unknown.some((news) => isWanted(news, filter))) return;
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
