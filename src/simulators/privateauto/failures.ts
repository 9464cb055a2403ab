import type { Clock } from "../../seams.ts";
import { type Answer, refusal } from "./answers.ts";

/** A way to fail: whether the request has its effect, and what comes of the answer. */
export interface Failure {
  /** True: the request is carried out before its answer is spoilt. */
  hasEffect: boolean;
  spoil(answer: Answer, line: Line): Response | Promise<Response>;
}

/** The line to the client. */
export interface Line {
  clock: Clock;
  /** Aborted when the client is gone. */
  signal: AbortSignal;
  /** Called whenever the client is left waiting, with how long, ms. */
  waits(ms: number): void;
}

/** Longer than any client waits, ms. */
const TOO_LATE_MS = 120_000;

/** Everything that goes wrong with this upstream or on the way to it (UPSTREAMS 3 and 7), by name. */
export const failures = {
  unauthorized: instead(refusal(401, "Unauthorized")),
  forbidden: instead(refusal(403, "This organization is not on your allowlist")),
  notFound: instead(refusal(404, "Not found")),
  conflict: instead(refusal(409, "Conflict")),
  tooMany: instead(refusal(429, "Too many requests")),
  tooManyForSeconds: instead(refusal(429, "Too many requests"), { "retry-after": "7" }),
  serverError: instead(refusal(500, "Internal server error")),
  serverErrorAfter: { hasEffect: true, spoil: () => toResponse(refusal(500, "Internal server error")) },
  badGateway: instead({ status: 502, body: "<html>Bad Gateway</html>", contentType: "text/html" }),
  htmlPage: instead({ status: 200, body: "<!DOCTYPE html><html>Soon</html>", contentType: "text/html" }),
  htmlPageAfter: {
    hasEffect: true,
    spoil: () =>
      toResponse({ status: 200, body: "<!DOCTYPE html><html>Soon</html>", contentType: "text/html" }),
  },
  truncated: {
    hasEffect: true,
    spoil: ({ status, body }) => toResponse({ status, body: body.slice(0, body.length / 2) }),
  },
  silence: { hasEffect: false, spoil: (_, line) => noAnswer(line) },
  silenceAfter: { hasEffect: true, spoil: (_, line) => noAnswer(line) },
  slow: {
    hasEffect: true,
    async spoil(answer, { clock, signal, waits }) {
      const late = clock.sleep(TOO_LATE_MS, signal);
      waits(TOO_LATE_MS);
      await late;
      return toResponse(answer);
    },
  },
} satisfies Record<string, Failure>;

export type FailureName = keyof typeof failures;

/** An answer on its way. */
export const toResponse = (
  { status, body, contentType = "application/json", location }: Answer,
  headers: Record<string, string> = {},
): Response =>
  new Response(body, {
    status,
    headers: { "content-type": contentType, ...(location && { location }), ...headers },
  });

function instead(answer: Answer, headers: Record<string, string> = {}): Failure {
  return { hasEffect: false, spoil: () => toResponse(answer, headers) };
}

/** Until the client gives up. */
const noAnswer = ({ signal, waits }: Line) =>
  new Promise<Response>((resolve) => {
    const end = () => resolve(new Response(null, { status: 504 }));
    if (signal.aborted) return end();
    signal.addEventListener("abort", end, { once: true });
    waits(TOO_LATE_MS);
  });
