/** A thing that the toy upstream has; a change gives it a higher version. */
export interface ToyItem {
  id: string;
  version: number;
}

/** What the upstream does instead of answering well; null: it answers well after all. */
export type Trouble = (request: Request, url: URL) => Response | null | Promise<Response | null>;

/** A small real upstream on loopback. */
export interface ToyUpstream extends AsyncDisposable {
  url: string;
  /** In the order that its pages have. */
  items: ToyItem[];
  /** What was asked, such as `/items?page=1`. */
  asked: string[];
  /** How many requests were under way at once at most. */
  mostAtOnce: number;
  /** From now on; null: no more. */
  trouble(trouble: Trouble | null): void;
  /** Resolves once this many requests have come. */
  got(count: number): Promise<void>;
  /** Adds an item, or gives it its next version. */
  touch(id: string): void;
  drop(id: string): void;
}

/** The token that it takes. */
export const TOY_TOKEN = "toy-token-7f3a9c";

/** Starts an upstream with pages of `/items`, single `/items/{id}` and `/me`. */
export function startToyUpstream(items: ToyItem[] = []): ToyUpstream {
  let trouble: Trouble | null = null;
  let underWay = 0;
  const waiting: { count: number; resolve: () => void }[] = [];
  const answer = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    upstream.asked.push(url.pathname + url.search);
    for (const each of waiting) if (upstream.asked.length >= each.count) each.resolve();
    const bad = await trouble?.(request, url);
    return bad ?? wellAnswered(request, url, upstream.items);
  };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request) {
      underWay += 1;
      upstream.mostAtOnce = Math.max(upstream.mostAtOnce, underWay);
      try {
        return await answer(request);
      } finally {
        underWay -= 1;
      }
    },
  });
  const upstream: ToyUpstream = {
    url: `http://127.0.0.1:${server.port}`,
    items,
    asked: [],
    mostAtOnce: 0,
    trouble(given) {
      trouble = given;
    },
    got: (count) =>
      new Promise((resolve) => {
        if (upstream.asked.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    touch(id) {
      const item = upstream.items.find((each) => each.id === id);
      if (item === undefined) upstream.items.push({ id, version: 1 });
      else item.version += 1;
    },
    drop(id) {
      upstream.items = upstream.items.filter((each) => each.id !== id);
    },
    async [Symbol.asyncDispose]() {
      await server.stop(true);
    },
  };
  return upstream;
}

function wellAnswered(request: Request, url: URL, items: ToyItem[]): Response {
  if (request.headers.get("authorization") !== `Bearer ${TOY_TOKEN}`)
    return new Response("", { status: 401 });
  if (url.pathname === "/me") return Response.json({ ok: true });
  const [, id] = /^\/items\/(.+)$/.exec(url.pathname) ?? [];
  if (id !== undefined) {
    const item = items.find((each) => each.id === id);
    return item ? Response.json(item) : new Response("", { status: 404 });
  }
  if (url.pathname !== "/items") return new Response("", { status: 404 });
  const [page, size] = ["page", "size"].map((name) => Number(url.searchParams.get(name)));
  if (!page || !size) return new Response("", { status: 400 });
  const end = page * size;
  const more = end < items.length && { next: `/items?page=${page + 1}&size=${size}` };
  return Response.json({ items: items.slice(end - size, end), ...more });
}
