import type { UpstreamWords } from "../command.ts";
import type { ConnectionParts, UpstreamAnswer } from "../connector.ts";
import { cutWords, failedAnswer } from "../failed-answer.ts";
import { jsonObjectIn, kindOf } from "../json-answer.ts";
import { getRetrying, isTemporaryStatus } from "../retrying.ts";
import { UpstreamError } from "../upstream-error.ts";
import {
  type Listing,
  readListing,
  readStock,
  readStockPage,
  type Stock,
  type StockPage,
} from "./readings.ts";
import type { DealerAuctionSettings } from "./settings.ts";

/** What the upstream's operations are asked with. */
export type Parts = Pick<
  ConnectionParts<DealerAuctionSettings>,
  "settings" | "upstream" | "clock" | "random"
>;

/** How an operation of the upstream may be asked. */
interface Asked {
  signal: AbortSignal;
  /** For the whole exchange, ms; the client's own where it is left out. */
  timeoutMs?: number;
  /** A person waits for it. */
  isUrgent?: boolean;
}

/** For an exchange that a person waits for, ms. */
const PATIENCE_MS = 20_000;

/** The upstream's read operations (UPSTREAMS 1), each asked again while its failure may pass. @throws UpstreamError */
export function openClient(parts: Parts) {
  const { settings, upstream } = parts;
  const headers = headersFor(settings);

  async function get(path: string, asked: Asked, query: Record<string, string | number> = {}) {
    const call = { url: path, query, headers, ...asked };
    return getRetrying(parts, call, (answer) => isTemporaryStatus(answer.status) || isUnreadable(answer));
  }

  return {
    /** A page of a customer's stock, from 1. */
    async stockPage(customerId: string, pageNumber: number, asked: Asked): Promise<StockPage> {
      const query = { customerId, pageNumber, pageSize: settings.pageSize };
      const answer = await get("/v1/stock", asked, query);
      if (answer.status === 404) throw new UpstreamError("not_a_service", "GET /v1/stock answered 404");
      if (answer.status === 403) throw notYours(customerId);
      const page = readStockPage(bodyOf(answer, "GET /v1/stock", parts).body);
      if (page === null) throw malformed("GET /v1/stock", "without stockItems");
      return page;
    },

    /** Null: there is none of this id. */
    async stock(stockId: string, asked: Asked): Promise<Stock | null> {
      const answer = await get(`/v1/stock/${encodeURIComponent(stockId)}`, asked);
      if (answer.status === 404) return null;
      const { body, text } = bodyOf(answer, "GET /v1/stock/{stockId}", parts);
      const stock = readStock(body, text);
      if (stock === null) throw malformed("GET /v1/stock/{stockId}", "without an id");
      return stock;
    },

    /** Null: there is none of this id. */
    async listing(listingId: string, asked: Asked): Promise<Listing | null> {
      const answer = await get(`/v1/listings/${encodeURIComponent(listingId)}`, asked);
      return answer.status === 404 ? null : listingIn(answer, "GET /v1/listings/{listingId}", parts);
    },

    /** The same, where one that is not there is a failure like any other. */
    async theListing(listingId: string, asked: Asked): Promise<Listing> {
      const answer = await get(`/v1/listings/${encodeURIComponent(listingId)}`, asked);
      return listingIn(answer, "GET /v1/listings/{listingId}", parts);
    },

    /** The same, asked once for a person who waits. */
    async listingNow(listingId: string): Promise<Listing> {
      const { signal } = new AbortController();
      const url = `/v1/listings/${encodeURIComponent(listingId)}`;
      const answer = await upstream.exchange({
        url,
        headers,
        signal,
        timeoutMs: PATIENCE_MS,
        isUrgent: true,
      });
      return listingIn(answer, "GET /v1/listings/{listingId}", parts);
    },

    /** The cheapest request that shows whether the credentials work, once. */
    async check(signal: AbortSignal): Promise<void> {
      const [customerId = ""] = settings.customerIds;
      const query = { customerId, pageNumber: 1, pageSize: 1 };
      const answer = await upstream.exchange({ url: "/v1/stock", query, headers, signal, isUrgent: true });
      if (answer.status === 404) throw new UpstreamError("not_a_service", "GET /v1/stock answered 404");
      if (answer.status === 403) throw notYours(customerId);
      bodyOf(answer, "GET /v1/stock", parts);
    },
  };
}

export type Client = ReturnType<typeof openClient>;

/** What every request carries. */
export function headersFor({ username, password }: DealerAuctionSettings): Record<string, string> {
  const credentials = Buffer.from(`${username}:${password}`, "utf8").toString("base64");
  return { authorization: `Basic ${credentials}`, accept: "application/json" };
}

/** The listing in an answer. @throws UpstreamError */
export function listingIn(answer: UpstreamAnswer, operation: string, parts: Parts): Listing {
  const { body, text } = bodyOf(answer, operation, parts);
  const listing = readListing(body, text);
  if (listing === null) throw malformed(operation, "without an id or status");
  return listing;
}

/** What the upstream says of its failure, in its own words; nothing of a body that has another form. */
export function wordsIn(answer: UpstreamAnswer): UpstreamWords {
  const { errorCode, errorMessage } = jsonObjectIn(answer.body)?.body ?? {};
  return { status: answer.status, errorCode: cutWords(errorCode), message: cutWords(errorMessage) };
}

/** The JSON object of a success. @throws UpstreamError */
function bodyOf(answer: UpstreamAnswer, operation: string, { clock }: Parts) {
  const { status } = answer;
  if (status < 200 || status > 299) {
    const detail = `${operation} answered ${status}`;
    throw failedAnswer(answer, { detail, words: wordsIn(answer), now: clock.now() });
  }
  const read = jsonObjectIn(answer.body);
  if (read === null) throw malformed(operation, `with ${kindOf(answer)}`);
  return read;
}

const notYours = (customerId: string) =>
  new UpstreamError(
    "refused",
    `the stock of customer id ${customerId} may not be read with these credentials`,
    {
      status: 403,
    },
  );

const malformed = (operation: string, what: string) =>
  new UpstreamError("malformed", `${operation} answered ${what}`);

/** A proxy's page, or half an answer, under the status of a success. */
const isUnreadable = (answer: UpstreamAnswer) =>
  answer.status >= 200 && answer.status < 300 && jsonObjectIn(answer.body) === null;
