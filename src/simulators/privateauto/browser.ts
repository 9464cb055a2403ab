import { createHmac } from "node:crypto";
import type { Answer } from "../failure.ts";
import type { Account, Asked } from "./account.ts";
import { refusal } from "./answers.ts";
import { claimsIn, keyOf, mistakeIn } from "./tokens.ts";

/** A signed link's time may be off by this, seconds. */
const SKEW_SECONDS = 300;

const SHORT_KEYS: Record<string, string> = { v: "vin", a: "amount", r: "redirectUrl", ro: "role" };

/** A browser follows a link that starts a deal, in any of the three formats of seed 001. */
export function followLink({ query }: Asked, account: Account): Answer {
  const token = query.get("jwt") ?? (query.get("v")?.includes(".") ? query.get("v") : null);
  const problem = token === null ? mistakeInLink(query, account) : mistakeIn(token, account);
  if (problem !== null) return refusal(401, problem);
  const given = token === null ? Object.fromEntries(query) : claimsIn(token);
  const { vin, amount, redirectUrl, role } = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [SHORT_KEYS[key] ?? key, value]),
  );
  if (typeof vin !== "string" || vin.length !== 17) return refusal(400, "vin must be 17 characters");
  const { guid } = account.world.sell({ vin, ...(amount !== undefined && { amount: Number(amount) }) });
  const link = `https://app.dealnow.example/deal/${guid}/${role ?? "buyer"}`;
  return { status: 302, body: "", location: typeof redirectUrl === "string" ? redirectUrl : link };
}

function mistakeInLink(query: URLSearchParams, account: Account): string | null {
  const { sig, ...given } = Object.fromEntries(query);
  const canonical = Object.entries(given)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .join("&");
  const expected = createHmac("sha256", keyOf(account)).update(canonical).digest("hex");
  if (sig !== expected) return "bad signature";
  const offBy = Math.abs(account.now() / 1000 - Number(given.ts));
  return offBy <= SKEW_SECONDS ? null : "the link is not good now";
}
