import type { Answer } from "../failure.ts";
import { listingDetail, stockDetail, stockSummary } from "./answers.ts";
import type { Refusal, SimulatedStock, World } from "./world.ts";

/** What an operation is asked with. */
interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: string;
}

/** Whose world it is. */
interface Account {
  world: World;
  username: string;
  password: string;
  customerIds: readonly string[];
}

/** Answers as the upstream does: the operations of UPSTREAMS 1, each behind HTTP Basic. */
export function answerTo(asked: Asked, authorization: string | null, account: Account): Answer {
  const expected = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString("base64")}`;
  if (authorization !== expected) return { status: 401, body: "" };
  for (const { method, path, run } of operations) {
    const found = path.exec(asked.path);
    if (found && method === asked.method) return run(asked, account, found[1] ?? "");
  }
  return error(404);
}

interface Operation {
  method: "GET" | "POST";
  path: RegExp;
  run(asked: Asked, account: Account, id: string): Answer;
}

const operations: Operation[] = [
  { method: "GET", path: /^\/v1\/stock$/, run: searchStock },
  { method: "GET", path: /^\/v1\/stock\/([^/]+)$/, run: readStock },
  { method: "GET", path: /^\/v1\/listings\/([^/]+)$/, run: readListing },
  {
    method: "POST",
    path: /^\/v1\/listings\/([^/]+)\/mark-as-sold$/,
    run: mark((world, id, salePrice) => world.markAsSold(id, salePrice)),
  },
  {
    method: "POST",
    path: /^\/v1\/listings\/([^/]+)\/mark-as-not-sold$/,
    run: mark((world, id) => world.markAsNotSold(id)),
  },
  {
    method: "POST",
    path: /^\/v1\/listings\/([^/]+)\/mark-as-provisional$/,
    run: mark((world, id) => world.markAsProvisional(id)),
  },
  { method: "POST", path: /^\/v1\/testing\/set-auction-end-time$/, run: setEndTime },
];

const SEARCH_PARAMETERS = ["customerId", "stockId", "vrm", "externalStockId", "externalVendorId", "deleted"];

function searchStock({ query }: Asked, { world, customerIds }: Account): Answer {
  const wanted = query.getAll("customerId");
  if (wanted.some((id) => !customerIds.includes(id))) return error(403);
  const isSearch = SEARCH_PARAMETERS.some((name) => query.has(name)); // without one there are no results
  const deleted = query.get("deleted") === "true" ? "deleted" : "no";
  const isAmong = (name: string, value: string) => !query.has(name) || query.getAll(name).includes(value);
  const found = world.stock.filter(
    (item) =>
      isSearch &&
      item.deleted === deleted &&
      customerIds.includes(item.customerId) &&
      isAmong("customerId", item.customerId) &&
      isAmong("stockId", item.id) &&
      isAmong("vrm", item.car.vrm),
  );
  return ok(pageOf(found, query, (item) => stockSummary(world, item)));
}

function pageOf<T>(found: T[], query: URLSearchParams, show: (item: T) => object) {
  const currentPage = Number(query.get("pageNumber") ?? 1);
  const resultsPerPage = Number(query.get("pageSize") ?? 100);
  const page = found.slice((currentPage - 1) * resultsPerPage, currentPage * resultsPerPage);
  const lastPage = Math.max(1, Math.ceil(found.length / resultsPerPage));
  return {
    stockItems: page.map(show),
    paginator: { currentPage, resultsPerPage, totalResults: found.length, lastPage },
  };
}

function readStock(_: Asked, account: Account, stockId: string): Answer {
  const item = ownStock(account, stockId);
  return item === null ? error(404) : ok(stockDetail(account.world, item));
}

function readListing(_: Asked, account: Account, listingId: string): Answer {
  return listingAnswer(account, listingId);
}

function listingAnswer(account: Account, listingId: string): Answer {
  const listing = account.world.listing(listingId);
  if (listing === null || ownStock(account, listing.stockId) === null) return error(404);
  return ok(listingDetail(listing));
}

function ownStock({ world, customerIds }: Account, stockId: string): SimulatedStock | null {
  const item = world.stockItem(stockId);
  return item !== null && item.deleted !== "gone" && customerIds.includes(item.customerId) ? item : null;
}

function mark(change: (world: World, listingId: string, salePrice: number) => Refusal | null) {
  return ({ body, path }: Asked, account: Account, listingId: string): Answer => {
    const { salePrice = 0 } = (body === "" ? {} : JSON.parse(body)) as { salePrice?: number };
    if (path.endsWith("/mark-as-sold") && !(Number.isInteger(salePrice) && salePrice > 0)) {
      return refused({ status: 400, errorCode: "INVALID_REQUEST", errorMessage: "salePrice is not valid" });
    }
    const refusal = change(account.world, listingId, salePrice);
    return refusal === null ? listingAnswer(account, listingId) : refused(refusal);
  };
}

/** Only the upstream's test environment has it; the listing's id wins over the stock's. */
function setEndTime({ body }: Asked, { world }: Account): Answer {
  const { listingId, stockId, endTime } = JSON.parse(body) as Record<string, string | undefined>;
  const listing = world.listing(listingId ?? null) ?? world.listingOf(stockId ?? "");
  if (listing === null) return error(404);
  world.setEnd(listing.id, Date.parse(endTime ?? ""));
  world.endDue();
  return { status: 200, body: "" };
}

const ok = (answer: object): Answer => ({ status: 200, body: JSON.stringify(answer) });

const refused = ({ status, ...body }: Refusal): Answer => ({ status, body: JSON.stringify(body) });

const error = (status: number): Answer => ({
  status,
  body: JSON.stringify({ errorCode: "SERVER_ERROR", errorMessage: "An unexpected error has occurred" }),
});
