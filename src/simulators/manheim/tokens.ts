import type { Clock } from "../../seams.ts";
import { refuse } from "./gateway.ts";

/** What one must know to get a token. */
export interface Credentials {
  key: string;
  secret: string;
  username: string;
  password: string;
}

/** How a token answer may look: `expires_in` is not promised, and older clients met another spelling. */
export type TokenForm = "standard" | "no-expiry" | "text-expiry" | "camel-case";

/** Issues tokens that end (seed 003, authentication; UPSTREAMS 2, token). */
export class Tokens {
  form: TokenForm = "standard";
  lifetimeMs = 3_600_000;
  /** How many were issued so far. */
  issued = 0;
  readonly #credentials: Credentials;
  readonly #clock: Pick<Clock, "now">;
  readonly #random: () => number;
  readonly #expiresAt = new Map<string, number>();

  constructor(
    credentials: Credentials,
    { clock, random }: { clock: Pick<Clock, "now">; random: () => number },
  ) {
    this.#credentials = credentials;
    this.#clock = clock;
    this.#random = random;
  }

  /** Answers a request to a token endpoint. */
  async answer(request: Request): Promise<Response> {
    if (request.method !== "POST") return refuse("notFound");
    const { key, secret, username, password } = this.#credentials;
    if (request.headers.get("authorization") !== `Basic ${btoa(`${key}:${secret}`)}`) {
      return refuse("unauthorized");
    }
    const form = new URLSearchParams(await request.text());
    const grant = form.get("grant_type");
    if (grant !== "password" && grant !== "client_credentials") return oauthError("unsupported_grant_type");
    const isUser = form.get("username") === username && form.get("password") === password;
    if (grant === "password" && !isUser) return oauthError("invalid_grant");
    return this.#issue();
  }

  accepts(request: Request): boolean {
    const [scheme, token = ""] = request.headers.get("authorization")?.split(" ") ?? [];
    return scheme === "Bearer" && (this.#expiresAt.get(token) ?? 0) > this.#clock.now();
  }

  /** Ends every token, as an upstream may do at any time. */
  expire(): void {
    this.#expiresAt.clear();
  }

  #issue(): Response {
    this.issued += 1;
    const token = `${this.issued}-${Math.floor(this.#random() * 2 ** 48).toString(36)}`;
    this.#expiresAt.set(token, this.#clock.now() + this.lifetimeMs);
    const seconds = Math.floor(this.lifetimeMs / 1000);
    const forms: Record<TokenForm, object> = {
      standard: { access_token: token, token_type: "bearer", expires_in: seconds },
      "no-expiry": { access_token: token, token_type: "Bearer" },
      "text-expiry": { access_token: token, token_type: "Bearer", expires_in: String(seconds) },
      "camel-case": { accessToken: token, tokenType: "BEARER" },
    };
    return Response.json(forms[this.form]);
  }
}

const oauthError = (error: string): Response => Response.json({ error }, { status: 400 });
