import { treaty } from "@elysiajs/eden";
import type { Api } from "../../http/server.ts";

/** Tells the hub that a call comes from its own console, which no other site can make a browser say. */
const OWN_SITE = { "x-requested-with": "lanehook" };

/** The hub's API, in its own types; the session's cookie goes along by itself. */
export const api = treaty<Api>(location.origin, {
  parseDate: false, // instants stay text, and an example's text stays what it is
  headers: OWN_SITE,
  fetch: { credentials: "same-origin" },
}).api;

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

  constructor(given: { status: number; code: string; message: string; errors?: InputError[] | undefined }) {
    super(given.message);
    this.name = "CallError";
    this.status = given.status;
    this.code = given.code;
    this.errors = given.errors ?? [];
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
  });
}

const noAnswer = () =>
  new CallError({ status: 0, code: "no_answer", message: "The hub does not answer. Is it running?" });
