import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from "node:crypto";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * What the hub's SECRET_KEY is good for: keeping secrets unreadable at rest and signing tokens.
 * Each use has a key of its own, derived from it.
 */
export interface Sealer {
  /** Encrypts (AES-256-GCM) for one purpose; the same text never gives the same bytes twice. */
  seal(text: string, purpose: string): Buffer;
  /** The sealed text; null when it was not sealed by this key for this purpose. */
  open(sealed: Uint8Array, purpose: string): string | null;
  /** Signs the hub's own tokens. */
  readonly tokenKey: string;
  /** A value that tells whether a database was made with the same key, and nothing else about it. */
  readonly fingerprint: string;
}

/** Derives the hub's keys from SECRET_KEY. */
export function sealerFrom(secretKey: string, randomBytes: (length: number) => Uint8Array): Sealer {
  const sealingKey = derive(secretKey, "seal");
  return {
    seal(text, purpose) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", sealingKey, nonce).setAAD(Buffer.from(purpose));
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, purpose) {
      const bytes = Buffer.from(sealed);
      if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
      try {
        const decipher = createDecipheriv("aes-256-gcm", sealingKey, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(Buffer.from(purpose));
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        const rest = bytes.subarray(NONCE_BYTES + TAG_BYTES);
        return Buffer.concat([decipher.update(rest), decipher.final()]).toString("utf8");
      } catch {
        return null; // forged, damaged, or sealed for another purpose: all the same to the caller
      }
    },
    tokenKey: derive(secretKey, "tokens").toString("base64url"),
    fingerprint: createHmac("sha256", derive(secretKey, "fingerprint")).update("lanehook").digest("hex"),
  };
}

function derive(secretKey: string, use: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secretKey, "lanehook", use, 32));
}

/** The form a random key is looked up by: it has enough chance in it that a plain hash gives nothing away. */
export function hashKey(key: string): Buffer {
  return new Bun.CryptoHasher("sha256").update(key).digest();
}
