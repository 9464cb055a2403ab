import { treaty } from "@elysiajs/eden";
import type { Api } from "../../http/server.ts";

/** Tells the hub that a call comes from its own console, which no other site can make a browser say. */
const OWN_SITE = { "x-requested-with": "lanehook" };

const hub = treaty<Api>(location.origin, {
  parseDate: false, // instants stay text, and an example's text stays what it is
  headers: OWN_SITE,
  fetch: { credentials: "same-origin" },
});

/** The hub's API, in its own types; the session's cookie goes along by itself. */
export const api = hub.api;

/** An address without a type, for operations that are only known from the API's own description. */
interface Untyped {
  (part: Record<string, string>): Untyped;
  get(): Promise<Answer>;
  post(body: unknown, options: SentWith): Promise<Answer>;
  put(body: unknown, options: SentWith): Promise<Answer>;
}

interface SentWith {
  query: Record<string, string>;
  headers: Record<string, string>;
}

/** The API's own description, an OpenAPI document. @throws CallError */
export const readDescription = (): Promise<unknown> =>
  answerOf((hub as unknown as { "openapi.json": Untyped })["openapi.json"].get());

/** Calls an operation of the API by its path's parts, which are escaped here. @throws CallError */
export function callByPath(
  method: "post" | "put",
  parts: readonly string[],
  { body, ...sentWith }: SentWith & { body: unknown },
): Promise<unknown> {
  const place = parts.reduce<Untyped>(
    (at, part) => at({ part: encodeURIComponent(part) }),
    api as unknown as Untyped,
  );
  return answerOf(place[method](body, sentWith));
}

/** One input that is wrong, as the hub names it. */
export interface InputError {
  path: string;
  message: string;
}

/** What the hub answered where it did not do what was asked. */
export class CallError extends Error {
  /** 0: no answer came. */
  readonly status: number;
  readonly code: string;
  readonly errors: InputError[];
  /** All that the problem tells. */
  readonly problem: Record<string, unknown>;

  constructor(given: {
    status: number;
    code: string;
    message: string;
    errors?: InputError[] | undefined;
    problem?: Record<string, unknown>;
  }) {
    super(given.message);
    this.name = "CallError";
    this.status = given.status;
    this.code = given.code;
    this.errors = given.errors ?? [];
    this.problem = given.problem ?? {};
  }
}

interface Answer {
  data: unknown;
  error: { value: unknown } | null;
  status: number;
}

type DataOf<A extends Answer> = Extract<A, { error: null }>["data"];

/** What a call answered. @throws CallError */
export async function answerOf<A extends Answer>(call: Promise<A>): Promise<DataOf<A>> {
  const { data, error, status } = await call;
  if (error !== null) throw toCallError(error.value, status);
  return data as DataOf<A>;
}

function toCallError(value: unknown, status: number): CallError {
  if (value instanceof Error) return noAnswer();
  const problem = (typeof value === "object" && value !== null ? value : {}) as Partial<{
    code: string;
    detail: string;
    title: string;
    errors: InputError[];
  }>;
  return new CallError({
    status,
    code: problem.code ?? "unknown",
    message: problem.detail ?? problem.title ?? `The hub answered ${status}.`,
    errors: problem.errors,
    problem,
  });
}

const noAnswer = () =>
  new CallError({ status: 0, code: "no_answer", message: "The hub does not answer. Is it running?" });
