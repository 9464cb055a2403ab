import type { PinnedFetch } from "../../seams.ts";
import { DemoFailure } from "./failure.ts";

/** What goes along with a request: a customer's token or a publisher's key, and a body (text goes as it is). */
export interface Asked {
  auth?: string;
  body?: unknown;
}

/** The hub as a user sees it: over HTTP. */
export interface HubClient {
  origin: string;
  /** @throws DemoFailure unless the answer is a success. */
  call<T>(method: string, path: string, asked?: Asked): Promise<T>;
  /** Only how it was answered. */
  statusOf(method: string, path: string, asked?: Asked): Promise<number>;
}

/** Calls a hub on loopback, past any proxy; every call ends with the signal. */
export function openHubClient(parts: { origin: string; fetch: PinnedFetch; signal: AbortSignal }): HubClient {
  const { origin, fetch, signal } = parts;
  const ask = (method: string, path: string, { auth, body }: Asked = {}) => {
    const url = new URL(`${origin}/api${path}`);
    const headers = {
      ...(auth !== undefined && { authorization: `Bearer ${auth}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return fetch({ url, address: url.hostname }, { method, signal, headers, body: text ?? null });
  };

  return {
    origin,
    async call<T>(method: string, path: string, asked?: Asked) {
      const answer = await ask(method, path, asked);
      const text = await answer.text();
      if (!answer.ok) throw new DemoFailure(`${method} /api${path} was answered ${answer.status}: ${text}`);
      return JSON.parse(text) as T;
    },
    async statusOf(method, path, asked) {
      const answer = await ask(method, path, asked);
      await answer.text();
      return answer.status;
    },
  };
}
