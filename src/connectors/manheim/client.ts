import type { ConnectionParts, UpstreamAnswer } from "../connector.ts";
import { type JsonObject, looksLikeJsonObject, readJsonObject } from "../exact-json.ts";
import { faultOf, isTokenRefused } from "./gateway.ts";
import { type ReadOptions, send } from "./send.ts";
import type { ManheimSettings } from "./settings.ts";
import { ManheimToken } from "./token.ts";

/** What stands at a URL. */
export type Resource =
  | { found: JsonObject }
  /** 404; a blank body or an error of the API tells that it is gone, a web page only that a URL is wrong (seed 003). */
  | { found: null; isGone: boolean };

/** Reads resources with the token of one connection. */
export interface ManheimClient {
  /**
   * A path below the base URL, or a link that the upstream gave. A token that is refused is renewed once and the same
   * URL asked for again, so that a list goes on where it was. @throws UpstreamError
   */
  read(url: string, options: ReadOptions): Promise<Resource>;
}

/** Asks nothing yet. */
export function openClient(parts: ConnectionParts<ManheimSettings>): ManheimClient {
  const token = new ManheimToken(parts);

  async function ask(url: string, options: ReadOptions): Promise<UpstreamAnswer> {
    const withToken = (text: string) => {
      const headers = { Authorization: `Bearer ${text}`, Accept: "application/json" };
      return send(parts, { url, headers }, options);
    };
    const text = await token.current(options);
    const answer = await withToken(text);
    return isTokenRefused(answer) ? withToken(await token.renewed(text, options)) : answer;
  }

  return {
    async read(url, options) {
      const answer = await ask(url, options);
      const fault = faultOf(answer, parts.clock.now());
      if (fault !== null) throw fault;
      if (answer.status !== 404) return { found: readJsonObject(answer) };
      return { found: null, isGone: answer.body.length === 0 || looksLikeJsonObject(answer.body) };
    },
  };
}
