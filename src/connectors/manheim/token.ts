import type { ConnectionParts, Upstream, UpstreamAnswer } from "../connector.ts";
import { readJsonObject } from "../exact-json.ts";
import { UpstreamError } from "../upstream-error.ts";
import { faultOf, isTokenRefused } from "./gateway.ts";
import { type ReadOptions, send } from "./send.ts";
import type { ManheimSettings } from "./settings.ts";
import { SharedWork } from "./shared-work.ts";

/** A token is given up this long before it ends, ms. */
const MARGIN_MS = 60_000;

type Parts = Pick<ConnectionParts<ManheimSettings>, "settings" | "upstream" | "clock" | "random">;

interface Token {
  text: string;
  /** Ms UTC; null: the upstream does not say, and its 401 will. */
  renewAt: number | null;
}

/** The one token of a connection, asked for by no timer: when there is none, when it has ended, when it is refused. */
export class ManheimToken {
  readonly #parts: Parts;
  readonly #request = new SharedWork<Token>();
  #token: Token | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws UpstreamError bad_credentials, and what any request may meet */
  async current(options: ReadOptions): Promise<string> {
    const known = this.#token;
    const now = this.#parts.clock.now();
    if (known !== null && (known.renewAt === null || now < known.renewAt)) return known.text;
    this.#token = await this.#request.join(options.signal, (signal) =>
      requestToken(this.#parts, { ...options, signal }),
    );
    return this.#token.text;
  }

  /** Another token than the one that was refused; whoever comes second takes the first one's. */
  async renewed(refused: string, options: ReadOptions): Promise<string> {
    if (this.#token?.text === refused) this.#token = null;
    return this.current(options);
  }
}

async function requestToken(parts: Parts, options: ReadOptions): Promise<Token> {
  const { clock, settings } = parts;
  const upstream = posting(parts.upstream, formOf(settings));
  const call = { url: settings.tokenPath, headers: headersOf(settings) };
  const answer = await send({ ...parts, upstream }, call, options);
  if (answer.status === 400 || isTokenRefused(answer)) throw notTaken(answer);
  const fault = faultOf(answer, clock.now());
  if (fault !== null) throw fault;
  if (answer.status === 404) {
    throw new UpstreamError("not_a_service", "there is no token endpoint", { status: 404 });
  }
  return readToken(readJsonObject(answer), clock.now());
}

/** With the code that OAuth gives (RFC 6749, 5.2), and not its words. */
function notTaken({ status, body }: UpstreamAnswer): UpstreamError {
  const [, code] = /"error"\s*:\s*"(\w{1,50})"/.exec(new TextDecoder().decode(body.subarray(0, 2000))) ?? [];
  const more = { status, ...(code && { upstreamCode: code }) };
  return new UpstreamError("bad_credentials", "no token is given for them", more);
}

/** A request for a token changes nothing, so that it may be sent again like a GET. */
const posting = (upstream: Upstream, body: string): Upstream => ({
  exchange: (call) => upstream.exchange({ ...call, method: "POST", body }),
});

const headersOf = ({ key, secret }: ManheimSettings) => ({
  Authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`,
  "Content-Type": "application/x-www-form-urlencoded",
  Accept: "application/json",
});

function formOf({ grant, username = "", password = "", scope }: ManheimSettings): string {
  const form = new URLSearchParams({ grant_type: grant });
  if (grant === "password") {
    form.set("username", username);
    form.set("password", password);
  }
  if (scope !== "") form.set("scope", scope);
  return form.toString();
}

/** Both spellings; `expires_in` may be missing, or a text (UPSTREAMS 2, token). */
function readToken(answer: Record<string, unknown>, now: number): Token {
  const text = answer.access_token ?? answer.accessToken;
  if (typeof text !== "string" || text === "") {
    throw new UpstreamError("malformed", "the token endpoint gives no access_token");
  }
  const given = answer.expires_in ?? answer.expiresIn;
  const lifetimeMs = typeof given === "number" || typeof given === "string" ? Number(given) * 1000 : 0;
  if (!(lifetimeMs > 0)) return { text, renewAt: null };
  return { text, renewAt: now + Math.max(lifetimeMs - MARGIN_MS, lifetimeMs / 2) };
}
