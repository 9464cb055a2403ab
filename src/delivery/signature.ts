/** What is signed: the bytes that are sent, under which event and when. */
export interface Signed {
  eventId: string;
  /** Unix seconds of the attempt. */
  timestamp: number;
  body: string;
}

const PREFIX = "whsec_";

/** Seed 000's `X-Webhook-Signature`: hex HMAC-SHA256 over `{timestamp}.{body}`, keyed by the whole secret string. */
export function hubSignature(secret: string, { timestamp, body }: Omit<Signed, "eventId">): string {
  return `sha256=${hmac(secret).update(`${timestamp}.`).update(body).digest("hex")}`;
}

/**
 * Standard Webhooks' `webhook-signature`: base64 HMAC-SHA256 over `{id}.{timestamp}.{body}`, keyed by the decoded
 * bytes of each secret that is valid now, the newest first.
 */
export function standardSignature(secrets: readonly string[], { eventId, timestamp, body }: Signed): string {
  const head = `${eventId}.${timestamp}.`;
  return secrets
    .map((secret) => `v1,${hmac(standardKey(secret)).update(head).update(body).digest("base64")}`)
    .join(" ");
}

/** Bun's own: half of what node:crypto costs, and every attempt makes two. */
const hmac = (key: string | Buffer) => new Bun.CryptoHasher("sha256", key);

const standardKey = (secret: string) => Buffer.from(secret.slice(PREFIX.length), "base64");
