import { createHmac } from "node:crypto";

/** A link lives this long, ms (seed 001). */
const LINK_MS = 4 * 3_600_000;

const KEY = "the simulator's own bucket";

/** The files of a bucket, behind signed links that run out. */
export class Bucket {
  readonly #files = new Map<string, { content: Uint8Array<ArrayBuffer>; contentType: string }>();
  /** Where it is reached. */
  url = "";
  /** How often each file was fetched. */
  readonly fetched = new Map<string, number>();

  put(key: string, content: Uint8Array<ArrayBuffer>, contentType = "application/pdf"): void {
    this.#files.set(key, { content, contentType });
  }

  /** A new link to a file. */
  sign(key: string, now: number): { url: string; expiresAt: string } {
    const expires = now + LINK_MS;
    const query = new URLSearchParams({
      "X-Amz-Expires": String(expires),
      "X-Amz-Signature": signature(key, expires),
    });
    return { url: `${this.url}/files/${key}?${query}`, expiresAt: new Date(expires).toISOString() };
  }

  /** What a link answers. */
  answer(key: string, query: URLSearchParams, now: number): Response {
    const expires = Number(query.get("X-Amz-Expires"));
    const file = this.#files.get(key);
    if (query.get("X-Amz-Signature") !== signature(key, expires) || now >= expires)
      return error(403, "AccessDenied");
    if (file === undefined) return error(404, "NoSuchKey");
    this.fetched.set(key, (this.fetched.get(key) ?? 0) + 1);
    return new Response(file.content, { headers: { "content-type": file.contentType } });
  }
}

const signature = (key: string, expires: number) =>
  createHmac("sha256", KEY).update(`${key} ${expires}`).digest("hex");

const error = (status: number, code: string) =>
  new Response(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`, {
    status,
    headers: { "content-type": "application/xml" },
  });
