import { createCipheriv, createHash } from "node:crypto";
import type { Seams } from "../../seams.ts";
import type { RoadsterSettings } from "./settings.ts";

/** Of AES, in bytes. */
const KEY_BYTES = 32;
const IV_BYTES = 16;

/** Who is sent to which car; the names are those of seed 004. */
export interface LinkRequest {
  dpid: string;
  vin: string;
  /** The storefront's host where it is another than the settings say. */
  host?: string | undefined;
  customer: {
    fname?: string | undefined;
    lname?: string | undefined;
    email: string;
    phone?: string | undefined;
    custid?: string | undefined;
  };
}

/** A link into a dealer's storefront that signs the customer in; who holds it, does so. */
export function storefrontLink(
  { dpid, vin, host, customer }: LinkRequest,
  settings: Pick<RoadsterSettings, "storefrontUrl" | "storefrontQuery"> & { cipherKey: string },
  randomBytes: Seams["randomBytes"],
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(customer).sort()) {
    if (value !== undefined) query.set(name, value);
  }
  const plain = settings.storefrontQuery === "escaped" ? encodeURIComponent(String(query)) : String(query);
  const filled = settings.storefrontUrl
    .replaceAll("{dpid}", encodeURIComponent(dpid))
    .replaceAll("{vin}", encodeURIComponent(vin));
  const url = new URL(filled);
  if (host !== undefined) url.hostname = host;
  const mem = encryptMember(plain, settings.cipherKey, randomBytes(IV_BYTES));
  return `${url.origin}${url.pathname}?mem=${encodeURIComponent(mem)}`;
}

/**
 * The `mem` of a storefront link: base64 of the initialisation vector and the text under AES-256-CBC. A key of 32 bytes
 * is taken as it is, any other by its SHA-256 (seed 004).
 */
export function encryptMember(text: string, cipherKey: string, iv: Uint8Array): string {
  const given = Buffer.from(cipherKey, "utf8");
  const key = given.length === KEY_BYTES ? given : createHash("sha256").update(given).digest();
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  return Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final()]).toString("base64");
}
