import type { Draft } from "../../../src/intake/draft.ts";
import { readDrafts } from "../../../src/intake/envelopes/read-drafts.ts";
import { Problem } from "../../../src/problems.ts";

/** What a test says of a request beside its body; the content type is JSON unless said otherwise. */
export interface Sent {
  contentType?: string | null;
  headers?: Record<string, string>;
  query?: Record<string, string>;
}

/** The drafts in this body. */
export function draftsIn(body: string | Uint8Array, sent: Sent = {}): Draft[] {
  const headers = new Headers(sent.headers);
  const query = new URLSearchParams(sent.query);
  return readDrafts({
    body: typeof body === "string" ? new TextEncoder().encode(body) : body,
    contentType: sent.contentType === undefined ? "application/json" : sent.contentType,
    header: (name) => headers.get(name),
    query: (name) => query.get(name),
  });
}

/** The one draft in this body. */
export function draftIn(body: string | Uint8Array, sent: Sent = {}): Draft {
  const [draft, ...more] = draftsIn(body, sent);
  if (!draft || more.length > 0)
    throw new Error(`${more.length + (draft ? 1 : 0)} drafts where one was expected`);
  return draft;
}

/** What is answered to this body: status, code and the path of the first error. */
export function refusalOf(body: string | Uint8Array, sent: Sent = {}) {
  try {
    draftsIn(body, sent);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { code, status, details } = error;
    return { status, code, path: details.errors?.[0]?.path ?? null };
  }
  throw new Error("the body was taken");
}

/** The problem's whole text, to see what it gives away. */
export function refusalText(body: string | Uint8Array, sent: Sent = {}): string {
  try {
    draftsIn(body, sent);
  } catch (error) {
    if (error instanceof Problem) return `${error.message} ${JSON.stringify(error.details)}`;
    throw error;
  }
  throw new Error("the body was taken");
}
