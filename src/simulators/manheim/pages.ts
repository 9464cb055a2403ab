import type { Plan } from "./faults.ts";

/** Items on a page where the request does not say (seed 003). */
const DEFAULT_LIMIT = 25;

/** More than this are not given, whatever is asked for; the real limit is not published. */
const MAX_LIMIT = 100;

/** A page of a list, newest first: what it holds, and where its neighbours are. */
export interface Page {
  ids: readonly string[];
  limit: number;
  next: string | null;
}

/** Cuts a page out of a list; null: the item it hangs on is gone. */
export function cutPage(ids: readonly string[], url: URL): Page | null {
  const limit = Math.min(Math.max(Number(url.searchParams.get("limit")) || DEFAULT_LIMIT, 1), MAX_LIMIT);
  const anchor = url.searchParams.get("direction") === null ? null : url.searchParams.get("id");
  const at = anchor === null ? -1 : ids.indexOf(anchor);
  if (anchor !== null && at < 0) return null;
  const isBack = url.searchParams.get("direction") === "previous";
  const start = isBack ? Math.max(0, at - limit) : at + 1;
  const end = isBack ? at : start + limit;
  const page = ids.slice(start, end);
  return { ids: page, limit, next: end < ids.length ? (page.at(-1) ?? null) : null };
}

/** The page as the API shows it (seed 003), with what a plan does to its items and links. */
export function pageAt(url: URL, page: Page, items: readonly object[], plan: Plan | null): object {
  const { origin, pathname, search } = url;
  const link = (query: string) => ({ href: `${origin}${pathname}?${query}` });
  const next = page.next === null ? null : link(`direction=next&id=${page.next}&limit=${page.limit}`);
  return {
    href: `${origin}${pathname}${search}`,
    items: [...items, ...strayItems(plan, items)],
    limit: page.limit,
    ...(next !== null && { next }),
    ...(plan?.fault === "cycling-next" && { next: { href: url.href } }),
    ...(plan?.fault === "foreign-next" && {
      next: { href: `${plan.elsewhere ?? "https://elsewhere.example"}${pathname}?direction=next&id=1` },
    }),
    ...(plan?.fault === "empty-page" && { items: [], next: undefined }),
    ...(search.includes("direction=") && { first: link(`limit=${page.limit}`) }),
  };
}

function strayItems(plan: Plan | null, items: readonly object[]): object[] {
  if (plan?.fault === "duplicate") return items.slice(0, 1);
  return plan?.fault === "nameless-item" ? [{ status: "ACTIVE" }] : [];
}
