import { createHmac } from "node:crypto";
import type { Account } from "./account.ts";

const HASHES: Record<string, string> = { HS256: "sha256", HS384: "sha384", HS512: "sha512" };

/** The key that tokens and links are signed with. */
export const keyOf = ({ sharedSecret }: Pick<Account, "sharedSecret">): string =>
  Buffer.from(sharedSecret, "base64").toString("utf8");

/** What is wrong with a token; null: nothing. */
export function mistakeIn(token: string, account: Account): string | null {
  const [header = "", payload = "", signature] = token.split(".");
  const hash = HASHES[String(partOf(header).alg)];
  if (hash === undefined) return "alg is not supported";
  const expected = createHmac(hash, keyOf(account)).update(`${header}.${payload}`).digest("base64url");
  if (expected !== signature) return "bad signature";
  const { p, iat, exp } = partOf(payload);
  const seconds = account.now() / 1000;
  if (p !== account.partnerId) return "p is not known";
  const isGood = Number(iat) <= seconds && Number(exp) > seconds && Number(exp) - Number(iat) <= 300;
  return isGood ? null : "the token is not good now";
}

/** The claims of a token. */
export const claimsIn = (token: string) => partOf(token.split(".")[1] ?? "");

/** A part of a token; empty where it is no JSON. */
function partOf(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString());
  } catch {
    return {};
  }
}
