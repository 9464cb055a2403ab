import { type Answer, type Failure, type Line, ofTheLine, toResponse } from "../failure.ts";

/** Bytes of a dripping body that come at once, and ms between them. */
const DRIP = { bytes: 16, everyMs: 1000 };

const SERVER_ERROR = { errorCode: "SERVER_ERROR", errorMessage: "An unexpected error has occurred" };

/** Everything that goes wrong with this upstream or on the way to it (UPSTREAMS 1 and 7), by name. */
export const failures = {
  ...ofTheLine,
  unauthorized: refusal(401, null),
  forbidden: refusal(403, SERVER_ERROR),
  forbiddenByProxy: instead(() => html(403, "Forbidden")),
  notFound: refusal(404, SERVER_ERROR),
  notFoundBlank: instead(() => new Response(null, { status: 404 })),
  notFoundByProxy: instead(() => html(404, "Not Found")),
  conflict: refusal(409, { errorCode: "STOCK_ALREADY_EXISTS", vrm: "AB17ABC" }),
  tooMany: refusal(429, SERVER_ERROR),
  tooManyForSeconds: refusal(429, SERVER_ERROR, { "retry-after": "7" }),
  tooManyForHours: refusal(429, SERVER_ERROR, { "retry-after": "7200" }),
  serverError: refusal(500, SERVER_ERROR),
  badGateway: refusal(502, SERVER_ERROR),
  /** The gateway gives up, the work behind it was done all the same. */
  badGatewayAfter: { hasEffect: true, spoil: () => json(502, JSON.stringify(SERVER_ERROR)) },
  serverErrorAfter: { hasEffect: true, spoil: () => json(500, JSON.stringify(SERVER_ERROR)) },
  brokenOff: { hasEffect: false, spoil: () => brokenOff("") },
  brokenOffAfter: { hasEffect: true, spoil: ({ body }) => brokenOff(body) },
  /** A proxy's page under the status of a success. */
  htmlPage: instead(() => html(200, "We will be back soon")),
  htmlPageAfter: { hasEffect: true, spoil: () => html(200, "We will be back soon") },
  dripping: { hasEffect: true, spoil: drippingly },
  huge: instead(() => json(200, `{"stockItems":["${"x".repeat(11 * 1024 * 1024)}"]}`)),
} satisfies Record<string, Failure>;

export type FailureName = keyof typeof failures;

function instead(respond: () => Response): Failure {
  return { hasEffect: false, spoil: respond };
}

function refusal(status: number, body: object | null, headers: Record<string, string> = {}): Failure {
  return instead(() => json(status, body === null ? "" : JSON.stringify(body), headers));
}

/** A JSON answer. */
export const json = (status: number, body: string, headers: Record<string, string> = {}): Response =>
  toResponse({ status, body }, headers);

const html = (status: number, title: string) =>
  new Response(`<!DOCTYPE html><html><head><title>${title}</title></head><body>${title}</body></html>`, {
    status,
    headers: { "content-type": "text/html" },
  });

/** Half of it, and then the connection is gone. */
function brokenOff(body: string): Response {
  const half = new TextEncoder().encode(body.slice(0, body.length / 2) || "{");
  let isSent = false;
  const stream = new ReadableStream({
    pull(controller) {
      if (isSent)
        controller.error(); // with an error, Bun would print it
      else controller.enqueue(half);
      isSent = true;
    },
  });
  return new Response(stream, { headers: { "content-type": "application/json" } });
}

function drippingly({ status, body }: Answer, { clock, signal, waits }: Line) {
  const bytes = new TextEncoder().encode(body);
  let at = 0;
  const stream = new ReadableStream({
    async pull(controller) {
      const next = at > 0 ? clock.sleep(DRIP.everyMs, signal) : null;
      if (next !== null) waits(DRIP.everyMs);
      await next;
      if (at >= bytes.length || signal.aborted) return controller.close();
      controller.enqueue(bytes.slice(at, at + DRIP.bytes));
      at += DRIP.bytes;
    },
  });
  return new Response(stream, { status, headers: { "content-type": "application/json" } });
}
