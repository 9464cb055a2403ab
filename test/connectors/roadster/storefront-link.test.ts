import { expect, test } from "bun:test";
import { createDecipheriv, createHash } from "node:crypto";
import { encryptMember, storefrontLink } from "../../../src/connectors/roadster/storefront-link.ts";

const TEXT = "email=testing%40example.com&fname=Testing&lname=Bot&phone=800-505-1000";
const IV = Uint8Array.from({ length: 16 }, (_, at) => at);

/**
 * Made by OpenSSL 3.0.19: `openssl enc -aes-256-cbc -K <key> -iv 000102…0f`, the vector put before what came of it, in
 * base64. The first key has 32 bytes and is taken as it is, the second stands by its SHA-256.
 */
const VECTORS = [
  [
    "0123456789abcdef0123456789abcdef",
    "AAECAwQFBgcICQoLDA0ODz52QHB7aU4dFCBJvixm5JG2u8Lf+Jbcyj4MwRM5dUekY895sgT7e0c3PfTlfmKJZ5B995P2FmVLy1kHP3PNZ24/G76186sqf3yZPJ0AwAyw",
  ],
  [
    "your_encryption_key",
    "AAECAwQFBgcICQoLDA0OD5zeG0vETxzYa9dg34CjzHcMpW2ewm6RcRponZ93ISPGxtccZahcvdv2+K/76q3TSQ644NZMcbLdfq8uB0z/Qj56VwqNHDTaeXZEX9R8Tndt",
  ],
] as const;

test.each(VECTORS)("is encrypted with the key %s as OpenSSL does it", (cipherKey, mem) => {
  expect(encryptMember(TEXT, cipherKey, IV)).toBe(mem);
});

const settings = {
  cipherKey: "your_encryption_key",
  storefrontUrl: "https://express.{dpid}.com/{vin}",
  storefrontQuery: "plain" as const,
};
const customer = { fname: "Testing", lname: "Bot", email: "testing@example.com", phone: "800-505-1000" };
const request = { dpid: "lakeside", vin: "4T1C11AK0LU322811", customer };

test("a link leads to the dealer's page of the car, with the customer as the documentation's own code would have it", () => {
  const link = storefrontLink(request, settings, () => Uint8Array.from(IV));
  const [page, mem = ""] = link.split("?mem=");
  expect(page).toBe("https://express.lakeside.com/4T1C11AK0LU322811");
  expect(mem).toMatch(/^[A-Za-z0-9%]+$/); // nothing in it needs another escape
  expect(decodeURIComponent(mem)).toBe(VECTORS[1][1]);
});

test("each link has a vector of its own, and another host, path or escape where that is said", () => {
  const other = {
    ...settings,
    storefrontUrl: "https://x.test/express/{vin}",
    storefrontQuery: "escaped" as const,
  };
  const elsewhere = {
    ...request,
    host: "shop.example.com",
    customer: { ...customer, fname: "Zoë & Co", phone: "+1 5" },
  };
  let byte = 0;
  const link = () => storefrontLink(elsewhere, other, (length) => new Uint8Array(length).fill(++byte));
  const [one, two] = [new URL(link()), new URL(link())];
  expect(one.href).not.toBe(two.href);
  expect(`${one.origin}${one.pathname}`).toBe("https://shop.example.com/express/4T1C11AK0LU322811");
  const read = decrypted(two.searchParams.get("mem") ?? "", settings.cipherKey);
  expect(read).toMatch(/^[A-Za-z0-9%._*-]+$/);
  expect(Object.fromEntries(new URLSearchParams(decodeURIComponent(read)))).toEqual(elsewhere.customer);
});

function decrypted(mem: string, cipherKey: string): string {
  const bytes = Buffer.from(mem, "base64");
  const key = createHash("sha256").update(cipherKey).digest();
  const decipher = createDecipheriv("aes-256-cbc", key, bytes.subarray(0, 16));
  return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString("utf8");
}
