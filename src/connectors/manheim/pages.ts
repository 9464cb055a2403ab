import { isJsonObject, type JsonObject } from "../exact-json.ts";
import { UpstreamError } from "../upstream-error.ts";
import type { ManheimClient } from "./client.ts";
import { type Consignment, orderOf, readConsignment } from "./consignment.ts";

/**
 * Reads a list page by page, as its links lead, each consignment of a page once (seed 003; UPSTREAMS 2, paging). Ends with true at the end of the list,
 * with false where it breaks off because the item that the next page hangs on was deleted meanwhile.
 * @throws UpstreamError not_a_service when there is no such list, malformed when its links go round in a circle
 */
export async function* pagesOf(
  { client, baseUrl }: { client: ManheimClient; baseUrl: string },
  path: string,
  { limit, ...options }: { limit: number; signal: AbortSignal; isUrgent?: boolean },
): AsyncGenerator<Consignment[], boolean> {
  const followed = new Set<string>();
  let last: Consignment | undefined;
  for (let url: string | null = `${path}?limit=${limit}`; url !== null; ) {
    const { found } = await client.read(url, options);
    if (found === null && last === undefined) throw noSuchList(path);
    const page: Page = found === null ? { items: [], next: null } : readPage(found, `${baseUrl}${path}`);
    if (page.items.length === 0 && last !== undefined) {
      return found !== null && (await isThere(client, last.id, options));
    }
    yield newestOfEach(page.items);
    last = page.items.at(-1);
    url = last === undefined ? null : page.next;
    if (url !== null && followed.has(url)) throw goesRound();
    if (url !== null) followed.add(url);
  }
  return true;
}

interface Page {
  items: Consignment[];
  /** The next page's link; null: this is the last. */
  next: string | null;
}

function readPage({ items, next }: JsonObject, list: string): Page {
  if (!Array.isArray(items)) throw new UpstreamError("malformed", "a list has no items");
  const href = isJsonObject(next) ? next.href : undefined;
  return { items: items.map(readConsignment), next: typeof href === "string" ? checked(href, list) : null };
}

/** A link may lead to another page of the same list only; whether the host is right, the way to the upstream sees. */
function checked(href: string, list: string): string {
  const link = URL.parse(href, list);
  if (link !== null && link.pathname === new URL(list).pathname) return link.href;
  throw new UpstreamError("malformed", "a list's next link leads to something else");
}

/** An empty page ends a list, unless it is empty because the item it hangs on is gone. */
const isThere = async (
  client: ManheimClient,
  id: string,
  options: { signal: AbortSignal },
): Promise<boolean> => (await client.read(`/consignments/id/${id}`, options)).found !== null;

function newestOfEach(items: Consignment[]): Consignment[] {
  const newest = new Map<string, Consignment>();
  for (const item of items) {
    const other = newest.get(item.id);
    const isOlder = (orderOf(item.updatedOn) ?? 0) < (orderOf(other?.updatedOn ?? null) ?? 0);
    if (!isOlder) newest.set(item.id, item);
  }
  return [...newest.values()];
}

const noSuchList = (path: string) =>
  new UpstreamError("not_a_service", `${path} is not there`, { status: 404 });

const goesRound = () => new UpstreamError("malformed", "a list's next links go round in a circle");
