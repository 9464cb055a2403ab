import { createHmac } from "node:crypto";
import type { SellRequest } from "./sell.ts";
import { keyOf, mintToken, type Signer } from "./tokens.ts";

/** What a browser is sent with: a deal, and where it goes afterwards (seed 001). */
export interface SellLinkRequest extends SellRequest {
  redirectUrl?: string | undefined;
  role?: "buyer" | "seller" | undefined;
}

/** `jwt`: an explicit token; `vin-jwt`: a token in the place of the VIN; `signed`: short keys with a signature. */
export const linkFormats = ["jwt", "vin-jwt", "signed"] as const;
export type LinkFormat = (typeof linkFormats)[number];

/** A link for a browser, good until `expiresAt`, ms UTC. */
export interface SellLink {
  url: string;
  expiresAt: number;
}

/** A signed link's `ts` may be off by this, ms. */
const SKEW_MS = 300_000;

const SHORT_KEYS: Record<keyof SellLinkRequest, string> = {
  vin: "v",
  year: "y",
  make: "m",
  model: "o",
  trim: "t",
  amount: "a",
  buyerName: "bn",
  buyerEmail: "be",
  buyerSendLink: "bl",
  sellerName: "sn",
  sellerEmail: "se",
  sellerSendLink: "sl",
  redirectUrl: "r",
  role: "ro",
};

/** Builds the link that starts a deal in a browser, in one of the seed's three formats. */
export function sellLink(
  request: SellLinkRequest,
  { format, baseUrl, signer, now }: { format: LinkFormat; baseUrl: string; signer: Signer; now: number },
): SellLink {
  const path = `${baseUrl.replace(/\/$/, "")}/sell/${encodeURIComponent(signer.partnerId)}`;
  if (format === "signed") {
    const ts = Math.floor(now / 1000);
    const canonical = canonicalQuery({ ...shortened(request), ts });
    const sig = createHmac("sha256", keyOf(signer.sharedSecret)).update(canonical).digest("hex");
    return { url: `${path}?${canonical}&sig=${sig}`, expiresAt: ts * 1000 + SKEW_MS };
  }
  const { token, expiresAt } = mintToken(signer, now, { ...request });
  return { url: `${path}?${format === "jwt" ? "jwt" : "v"}=${token}`, expiresAt };
}

function shortened(request: SellLinkRequest): Record<string, string | number | boolean> {
  const entries = Object.entries(request).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [SHORT_KEYS[name as keyof SellLinkRequest], value]),
  );
}

/** Sorted by key, each part encoded as a URI component. */
const canonicalQuery = (parameters: Record<string, string | number | boolean>): string =>
  Object.keys(parameters)
    .sort()
    .map((key) => `${encodeURIComponent(key)}=${encodeURIComponent(parameters[key] ?? "")}`)
    .join("&");
