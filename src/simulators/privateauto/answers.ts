import type { Answer } from "../failure.ts";

/** A success with JSON. */
export const ok = (body: object, status = 200): Answer => ({ status, body: JSON.stringify(body) });

/** A refusal, in the form that such frameworks give it; the upstream documents none (UPSTREAMS 3). */
export const refusal = (statusCode: number, message: string, more: object = {}): Answer => ({
  status: statusCode,
  body: JSON.stringify({ statusCode, message, error: ERRORS[statusCode] ?? "Error", ...more }),
});

const ERRORS: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  429: "Too Many Requests",
  500: "Internal Server Error",
};

/** One page of a list, as `/data` gives it. */
export function pageOf(found: readonly object[], query: URLSearchParams): Answer {
  const page = Number(query.get("_page") ?? 0);
  const limit = Number(query.get("_limit") ?? 50);
  if (!(limit >= 1 && limit <= 100) || page < 0) return refusal(400, "_limit must be 1 to 100");
  const data = found.slice(page * limit, (page + 1) * limit);
  const hasMore = (page + 1) * limit < found.length;
  return ok({ data, _meta: { page, limit, total: found.length, hasMore } });
}

/** A small PDF with a text of its own. */
export const pdf = (text: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\n% ${text}\n%%EOF\n`);
