import type { Clock } from "../seams.ts";

/** What a simulator answers, unless that is spoilt. */
export interface Answer {
  status: number;
  body: string;
  /** JSON by default. */
  contentType?: string;
  /** Where a browser is sent. */
  location?: string;
}

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
  /** Called whenever the client is left waiting, with how long, ms; who drives the clock moves it on. */
  waits(ms: number): void;
}

/** Longer than any client waits, ms. */
const TOO_LATE_MS = 120_000;

/** An answer on its way. */
export const toResponse = (
  { status, body, contentType = "application/json", location }: Answer,
  headers: Record<string, string> = {},
): Response =>
  new Response(body, {
    status,
    headers: { "content-type": contentType, ...(location && { location }), ...headers },
  });

/** The failures that every upstream may have on the way to it. */
export const ofTheLine = {
  silence: { hasEffect: false, spoil: (_, line) => noAnswer(line) },
  silenceAfter: { hasEffect: true, spoil: (_, line) => noAnswer(line) },
  truncated: {
    hasEffect: true,
    spoil: ({ status, body }) => toResponse({ status, body: body.slice(0, body.length / 2) }),
  },
  slow: { hasEffect: true, spoil: slowly },
} satisfies Record<string, Failure>;

/** Until the client gives up. */
const noAnswer = ({ signal, waits }: Line) =>
  new Promise<Response>((resolve) => {
    const end = () => resolve(new Response(null, { status: 504 }));
    if (signal.aborted) return end();
    signal.addEventListener("abort", end, { once: true });
    waits(TOO_LATE_MS);
  });

async function slowly(answer: Answer, { clock, signal, waits }: Line): Promise<Response> {
  const late = clock.sleep(TOO_LATE_MS, signal);
  waits(TOO_LATE_MS);
  await late;
  return toResponse(answer);
}
