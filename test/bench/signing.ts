import { createHmac } from "node:crypto";

/** The signing secret of every customer of the bench, and of the program without features. */
export const SIGNING_SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

/** What a receiver expects in `x-webhook-signature`, made without the hub's code. */
export function signatureOf(timestamp: string, body: string): string {
  return `sha256=${createHmac("sha256", SIGNING_SECRET).update(`${timestamp}.${body}`).digest("hex")}`;
}
