import type { ProblemCode } from "../problems.ts";
import type { UpstreamError } from "./upstream-error.ts";

/**
 * Something a customer asks of an upstream that cannot be taken back, such as a sale. `commands` keeps each one on
 * disk before and after it is sent, and repeats none.
 */
export interface UpstreamCommand<Request = unknown> {
  /**
   * Each makes something new: while it is not known what became of an earlier one for the same target, none is sent.
   */
  makesAnew?: boolean;
  /**
   * Performs it, and learns what happened: sends at most once, whatever is lost, unless the upstream makes of a repeat
   * what the first has made. Ends when the signal does.
   * @throws UpstreamError, the signal's reason; after `sending` that means that it is not known what happened
   */
  perform(request: Request, parts: Performing): Promise<Verdict>;
  /** What became of one that was sent, by reading alone. @throws UpstreamError, the signal's reason */
  lookUp(request: Request, before: string, signal: AbortSignal): Promise<Verdict>;
}

/** What a command is performed with. */
export interface Performing {
  /**
   * Resolves once it is on disk that the request goes out now; only then it may. `before`: what a look-up must know of
   * the state before it, JSON.
   */
  sending(before: string): Promise<void>;
  signal: AbortSignal;
}

/** What the upstream says of its own failure; cut. */
export interface UpstreamWords {
  status: number;
  errorCode: string | null;
  message: string | null;
}

/** What became of a command. */
export type Verdict = Done | Undone;

/** It is done; `answer` is what the upstream shows for it now, JSON text. */
export interface Done {
  outcome: "done";
  answer: string;
}

/**
 * `refused`: by the state of things or by the upstream, and nothing is changed; `not-done`: it was tried, or could not
 * be, and nothing is changed; `unknown`: it may have been done.
 */
export interface Undone {
  outcome: "refused" | "not-done" | "unknown";
  code: ProblemCode;
  /** A sentence for a person; nothing personal. */
  detail: string;
  /** The state that was found, a few words and numbers. */
  found?: Record<string, string | number | null>;
  upstream?: UpstreamWords;
}

/** The problem that passes on an upstream's refusal; null: its status is none of those that mean one. */
export function upstreamRefusal(status: number | null): ProblemCode | null {
  switch (status) {
    case 400:
      return "upstream_bad_request";
    case 403:
      return "upstream_forbidden";
    case 404:
      return "upstream_not_found";
    case 409:
      return "upstream_conflict";
    default:
      return null;
  }
}

/** The upstream says no in these words, and has done nothing. */
export function refusedBy(upstream: UpstreamWords): Undone {
  const { status, message, errorCode } = upstream;
  const words = message ?? errorCode;
  const detail = `The upstream answered ${status}${words === null ? "" : `: ${words}`}.`;
  const code = upstreamRefusal(status);
  if (code === null) return { outcome: "not-done", code: "upstream_failed", detail, upstream };
  return { outcome: "refused", code, detail, upstream };
}

/** Statuses after which it may have been done all the same. */
export const isLost = (status: number): boolean => status >= 500 || status === 408;

/** Whether a failure kept the request from going out at all. */
export const isUnsent = ({ fault }: UpstreamError): boolean =>
  fault === "blocked" || fault === "foreign_link";
