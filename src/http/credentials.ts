import { jwt } from "@elysiajs/jwt";
import { Elysia } from "elysia";
import type { Config } from "../config.ts";
import type { Accounts } from "../customers/accounts.ts";
import type { Customer } from "../customers/customers.ts";
import type { Publisher, Publishers } from "../customers/publishers.ts";
import { Problem } from "../problems.ts";
import type { Sealer } from "../sealer.ts";
import type { Seams } from "../seams.ts";
import { openOwnPages } from "./own-pages.ts";
import { sessionTokenIn } from "./session-cookie.ts";

/** A week, in seconds: how long a login lasts. */
export const TOKEN_SECONDS = 7 * 86_400;

const ISSUER = "lanehook";

/** The header X-API-Key, beside the schemes of Authorization; no scheme has a space in it. */
const API_KEY_HEADER = "x-api-key header";

/** How a publisher may give its key; in `basic` it is the password. */
const PUBLISHER_SCHEMES = ["bearer", API_KEY_HEADER, "basic"];

/** A customer as a credential tells it. */
export interface Session {
  customer: Customer;
  /** When the credential ends, ms UTC; null for an API key. */
  expiresAt: number | null;
  /** False once the credential has been ended before its time, by a new password or the operator perhaps. */
  isLive(): boolean;
}

/** Who calls. */
export interface Credentials {
  /**
   * By token or API key; where neither is given, by the cookie of a browser's session.
   * @throws Problem missing_credentials, invalid_credentials, customer_disabled, cross_site
   */
  session(request: Request): Promise<Session>;
  /** The same, where only the customer counts. */
  customer(request: Request): Promise<Customer>;
  /** @throws Problem missing_credentials, invalid_credentials */
  publisher(request: Request): Publisher;
  /** Ends the token in the cookie of a browser's session, if it has not ended yet; all others stay. */
  endSession(request: Request): Promise<void>;
  /** A new token, which ends after a week, with the customer's token version, or by itself with a signing out. */
  issueToken(customer: Customer): Promise<string>;
}

/** Opens what tells callers apart. */
export function openCredentials(parts: {
  sealer: Sealer;
  seams: Seams;
  accounts: Accounts;
  publishers: Publishers;
  config: Pick<Config, "publicUrl">;
}): Credentials {
  const { sealer, seams, accounts, publishers } = parts;
  const ownPages = openOwnPages(parts);
  const { sign, verify } = jwt({ secret: sealer.tokenKey, alg: "HS256", iss: ISSUER }).decorator.jwt;

  /** @throws Problem invalid_credentials */
  async function read(token: string) {
    const claims = await verify(token, {
      algorithms: ["HS256"],
      issuer: ISSUER,
      requiredClaims: ["exp", "sub", "ver"],
      currentDate: new Date(seams.clock.now()),
    });
    if (claims === false || typeof claims.sub !== "string" || typeof claims.ver !== "number") throw invalid();
    const { sub, ver, jti: tokenId } = claims; // one made by an older hub has no id
    const find = () => accounts.findByToken(sub, ver, tokenId);
    const customer = find();
    if (customer === null) throw invalid();
    return { customer, tokenId, expiresAt: 1000 * Number(claims.exp), isLive: () => find() !== null };
  }

  async function byToken(token: string): Promise<Session> {
    const { tokenId: _, ...session } = await read(token);
    return session;
  }

  function byApiKey(apiKey: string): Session {
    const customer = accounts.findByApiKey(apiKey);
    if (customer === null) throw invalid();
    if (customer.status === "disabled") throw new Problem("customer_disabled");
    const isLive = () => accounts.findByApiKey(apiKey)?.status === "active";
    return { customer, expiresAt: null, isLive };
  }

  async function byCookie(request: Request): Promise<Session> {
    const token = sessionTokenIn(request);
    if (token === null) throw missing();
    if (!READS.has(request.method)) ownPages.refuseUnmarked(request);
    return byToken(token);
  }

  async function session(request: Request): Promise<Session> {
    const credential = credentialOf(request);
    if (credential === null) return byCookie(request);
    const { scheme, value } = credential;
    if (scheme === "bearer") return byToken(value);
    if (scheme === API_KEY_HEADER) return byApiKey(value);
    throw invalid();
  }

  return {
    session,
    customer: async (request) => (await session(request)).customer,
    publisher(request) {
      const credential = credentialOf(request);
      if (credential === null) throw missing();
      const { scheme, value } = credential;
      if (!PUBLISHER_SCHEMES.includes(scheme)) throw invalid();
      const publisher = publishers.findByKey(scheme === "basic" ? passwordIn(value) : value);
      if (publisher === null) throw invalid();
      return publisher;
    },
    async endSession(request) {
      const token = sessionTokenIn(request);
      if (token === null) return;
      const session = await read(token).catch(unlessInvalid);
      if (session?.tokenId === undefined) return;
      const { customer, tokenId, expiresAt } = session;
      await accounts.endToken(customer, { tokenId, expiresAt });
    },
    issueToken({ publicId, tokenVersion }) {
      const exp = Math.floor(seams.clock.now() / 1000) + TOKEN_SECONDS;
      const jti = seams.newId();
      return sign({ sub: publicId, ver: tokenVersion, jti, exp, iat: false }); // its iat would be the real time
    },
  };
}

/** Lets only customers in: the routes of the instance that uses it get `customer`. */
export const customersOnly = (credentials: Credentials) =>
  new Elysia().derive({ as: "scoped" }, async ({ request }) => ({
    customer: await credentials.customer(request),
  }));

interface Credential {
  scheme: string;
  value: string;
}

function credentialOf({ headers }: Request): Credential | null {
  const authorization = headers.get("authorization");
  const apiKey = headers.get("x-api-key");
  if (authorization !== null) {
    const space = authorization.indexOf(" ");
    const value = authorization.slice(space + 1).trimStart();
    if (space < 1 || value.includes(" ")) return { scheme: "", value: "" };
    return { scheme: authorization.slice(0, space).toLowerCase(), value };
  }
  return apiKey === null ? null : { scheme: API_KEY_HEADER, value: apiKey };
}

/** Of `base64(user:password)`. */
function passwordIn(basic: string): string {
  const decoded = Buffer.from(basic, "base64").toString("utf8");
  return decoded.slice(decoded.indexOf(":") + 1);
}

/** These change nothing, and SameSite keeps their cookie from other sites. */
const READS = new Set(["GET", "HEAD"]);

function unlessInvalid(error: unknown): null {
  if (error instanceof Problem && error.code === "invalid_credentials") return null;
  throw error;
}

const missing = () => new Problem("missing_credentials");
const invalid = () => new Problem("invalid_credentials");
