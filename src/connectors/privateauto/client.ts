import type { UpstreamWords } from "../command.ts";
import type { ConnectionParts, UpstreamAnswer, UpstreamCall } from "../connector.ts";
import { cutWords, failedAnswer } from "../failed-answer.ts";
import { isJsonObject, type JsonObject, jsonObjectIn, kindOf } from "../json-answer.ts";
import { getRetrying, isTemporaryStatus } from "../retrying.ts";
import { UpstreamError } from "../upstream-error.ts";
import type { PrivateAutoSettings } from "./settings.ts";
import { mintToken } from "./tokens.ts";

/** What the upstream's operations are asked with. */
export type Parts = Pick<ConnectionParts<PrivateAutoSettings>, "settings" | "upstream" | "clock" | "random">;

/** How an operation of the upstream may be asked. */
export interface Asked {
  signal: AbortSignal;
  timeoutMs?: number;
  /** A person waits for it. */
  isUrgent?: boolean;
}

/** The query of an operation. */
export type Query = Record<string, string | number | undefined>;

/** A record as the upstream has it, and its JSON text as it came. */
export interface DataRecord {
  body: JsonObject;
  text: string;
}

/** A page of a list. */
export interface ListPage {
  items: JsonObject[];
  hasMore: boolean;
  /** The upstream's time, ms UTC; null: it does not say. */
  date: number | null;
}

/** Records that a list is asked for at once; the upstream's most (seed 001). */
export const PAGE_SIZE = 100;

/** For an exchange that a person waits for, ms. */
export const PATIENCE_MS = 20_000;

/** The upstream's operations (UPSTREAMS 3), each with a token of its own. @throws UpstreamError */
export function openClient(parts: Parts) {
  const { settings, upstream, clock } = parts;
  const partner = encodeURIComponent(settings.partnerId);
  const authorization = () => `Bearer ${mintToken(settings, clock.now()).token}`;

  /** `deals`, an id and what hangs on it → the path of the partner's own. */
  const dataPath = (resource: string, ...rest: string[]) =>
    ["/data", resource, partner, ...rest.map(encodeURIComponent)].join("/");

  function callTo(url: string, asked: Asked, query: Query = {}): UpstreamCall {
    return {
      url,
      query,
      ...asked,
      // Read at each try, so that none carries a token that has ended meanwhile.
      get headers() {
        return { authorization: authorization(), accept: "application/json" };
      },
    };
  }

  async function get(url: string, asked: Asked, query?: Query): Promise<UpstreamAnswer> {
    const isUnreadable = ({ status, body }: UpstreamAnswer) =>
      status >= 200 && status < 300 && jsonObjectIn(body) === null;
    return getRetrying(
      parts,
      callTo(url, asked, query),
      (answer) => isTemporaryStatus(answer.status) || isUnreadable(answer),
    );
  }

  async function read(url: string, asked: Asked, query?: Query): Promise<DataRecord> {
    return bodyOf(await get(url, asked, query), clock.now());
  }

  return {
    dataPath,
    /** @throws UpstreamError with status 404 where there is none */
    record: (asked: Asked, ...path: [resource: string, ...rest: string[]]) => read(dataPath(...path), asked),
    /** A page, from 0. */
    async page(resource: string, page: number, asked: Asked, query: Query = {}): Promise<ListPage> {
      const answer = await get(dataPath(resource), asked, { _page: page, _limit: PAGE_SIZE, ...query });
      return pageIn(bodyOf(answer, clock.now()).body, answer.date);
    },
    /** Asked once, for a person who waits; its JSON text as it came. */
    async now(url: string, query: Query = {}, signal = new AbortController().signal): Promise<DataRecord> {
      const asked = { signal, timeoutMs: PATIENCE_MS, isUrgent: true };
      return bodyOf(await upstream.exchange(callTo(url, asked, query)), clock.now());
    },
    /** Sends something once. */
    async post(url: string, body: object, signal: AbortSignal): Promise<UpstreamAnswer> {
      const headers = {
        authorization: authorization(),
        accept: "application/json",
        "content-type": "application/json",
      };
      const timeoutMs = PATIENCE_MS;
      return upstream.exchange({
        method: "POST",
        url,
        headers,
        body: JSON.stringify(body),
        signal,
        timeoutMs,
      });
    },
    /** The cheapest request that shows whether the credentials work, once; the upstream's time, ms UTC. */
    async check(signal: AbortSignal): Promise<number | null> {
      const query = { _page: 0, _limit: 1 };
      const call = callTo(dataPath("webhook-deliveries"), { signal, isUrgent: true }, query);
      const answer = await upstream.exchange(call);
      if (answer.status === 404) throw new UpstreamError("not_a_service", "GET /data answered 404");
      bodyOf(answer, clock.now());
      return answer.date;
    },
  };
}

export type Client = ReturnType<typeof openClient>;

/** What the upstream says of its failure, in its own words; nothing of a body that has another form. */
export function wordsIn({ status, body }: UpstreamAnswer): UpstreamWords {
  const { error, message } = jsonObjectIn(body)?.body ?? {};
  const told = Array.isArray(message) ? message.join("; ") : message;
  return { status, errorCode: cutWords(error), message: cutWords(told) };
}

/** An id as JSON has it; null: it is none that can be asked for. */
export function idIn(value: unknown): string | null {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" && text.length <= 200 ? text : null;
}

/** The objects in what should be an array of them. */
export const objectsIn = (value: unknown): JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];

function pageIn({ data, _meta }: JsonObject, date: number | null): ListPage {
  if (!Array.isArray(data)) throw new UpstreamError("malformed", "a list answered without data");
  const { hasMore } = isJsonObject(_meta) ? _meta : {};
  return { items: objectsIn(data), hasMore: hasMore === true, date };
}

/** The JSON object of a success. @throws UpstreamError */
export function bodyOf(answer: UpstreamAnswer, now: number): DataRecord {
  const { status } = answer;
  if (status < 200 || status > 299) {
    throw failedAnswer(answer, { detail: `HTTP ${status}`, words: wordsIn(answer), now });
  }
  const read = jsonObjectIn(answer.body);
  if (read === null) throw new UpstreamError("malformed", `answered with ${kindOf(answer)}`);
  return read;
}
