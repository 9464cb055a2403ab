/** A webhook as its receiver has it. */
export interface Webhook {
  body: string;
  timestamp: string;
  /** The event id; only the standard form signs it. */
  eventId: string;
  /** `sha256=…` or `v1,…`, several with spaces between. */
  signature: string;
}

/** Browsers do cryptography only on https and on this machine. */
export const canVerify = (): boolean => globalThis.crypto?.subtle !== undefined;

/** The form in which a signature is right with a secret; null: in none. */
export async function verify(
  secret: string,
  webhook: Webhook,
): Promise<"X-Webhook-Signature" | "webhook-signature" | null> {
  const given = webhook.signature.trim().split(/\s+/);
  const { timestamp, body, eventId } = webhook;
  const text = new TextEncoder();
  const own = await hmac(text.encode(secret), `${timestamp}.${body}`);
  if (given.includes(`sha256=${own.toHex()}`)) return "X-Webhook-Signature";
  const key = decoded(secret.replace(/^whsec_/, ""));
  if (key === null || key.length === 0) return null;
  const standard = await hmac(key, `${eventId}.${timestamp}.${body}`);
  return given.includes(`v1,${standard.toBase64()}`) ? "webhook-signature" : null;
}

interface Digest {
  toHex(): string;
  toBase64(): string;
}

async function hmac(key: Uint8Array<ArrayBuffer>, content: string): Promise<Digest> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  const digest = new Uint8Array(
    await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(content)),
  );
  return {
    toHex: () => [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    toBase64: () => btoa(String.fromCharCode(...digest)),
  };
}

function decoded(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  } catch {
    return null;
  }
}
