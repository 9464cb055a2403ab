import { createHmac } from "node:crypto";
import type { PrivateAutoSettings } from "./settings.ts";

/** A token is good for this long, seconds; the upstream recommends no more (seed 001). */
const LIFETIME_SECONDS = 300;

/** Issued this long ago, seconds: the upstream's clock may be behind. */
const SKEW_SECONDS = 30;

const HASHES = { HS256: "sha256", HS384: "sha384", HS512: "sha512" } as const;

/** Whose tokens they are. */
export type Signer = Pick<PrivateAutoSettings, "partnerId" | "sharedSecret" | "algorithm">;

/** The secret's key: the text that its base64 stands for, as UTF-8 (seed 001 decodes to a string, not to bytes). */
export const keyOf = (sharedSecret: string): string => Buffer.from(sharedSecret, "base64").toString("utf8");

/** A new token for one call, with further claims where it stands in a link; and when it ends, ms UTC. */
export function mintToken(
  { partnerId, sharedSecret, algorithm }: Signer,
  now: number,
  claims: Record<string, unknown> = {},
): { token: string; expiresAt: number } {
  const iat = Math.floor(now / 1000) - SKEW_SECONDS;
  const exp = iat + LIFETIME_SECONDS;
  const parts = [
    { alg: algorithm, typ: "JWT" },
    { ...claims, p: partnerId, iat, exp },
  ];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const signature = createHmac(HASHES[algorithm], keyOf(sharedSecret)).update(signed).digest("base64url");
  return { token: `${signed}.${signature}`, expiresAt: exp * 1000 };
}
