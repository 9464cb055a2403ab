/** Bytes of a file's beginning that tell what it is. */
export const SIGNATURE_BYTES = 16;

const ascii = (text: string) => [...text].map((character) => character.charCodeAt(0));

/** What a file of each type begins with, from an offset on. */
const SIGNATURES: readonly (readonly [contentType: string, offset: number, bytes: readonly number[]])[] = [
  ["application/pdf", 0, ascii("%PDF-")],
  ["image/jpeg", 0, [0xff, 0xd8, 0xff]],
  ["image/png", 0, [0x89, ...ascii("PNG\r\n"), 0x1a, 0x0a]],
  ["image/gif", 0, ascii("GIF8")],
  ["image/tiff", 0, [...ascii("II"), 0x2a, 0x00]],
  ["image/tiff", 0, [...ascii("MM"), 0x00, 0x2a]],
  ["image/webp", 8, ascii("WEBP")],
  ["image/heic", 4, ascii("ftypheic")],
  ["image/heic", 4, ascii("ftypheix")],
  ["image/heif", 4, ascii("ftypmif1")],
];

/** What servers call files that are kept here; "" and octet-stream: they do not know. */
const ANNOUNCED = /^(?:|application\/pdf|image\/[a-z0-9.+-]+|(?:application|binary)\/octet-stream)$/i;

/**
 * What a file is by its first bytes; null for what is not kept: neither a PDF nor a picture, or called something else
 * by its server, such as the page of an error.
 */
export function contentTypeOf(announced: string | null, beginning: Uint8Array): string | null {
  const called = (announced ?? "").split(";", 1)[0]?.trim() ?? "";
  if (!ANNOUNCED.test(called)) return null;
  const found = SIGNATURES.find(([, offset, bytes]) =>
    bytes.every((byte, at) => beginning[offset + at] === byte),
  );
  return found?.[0] ?? null;
}
