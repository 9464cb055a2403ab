/**
 * Deepest nesting of objects and arrays that is read. Far beyond what events have, and few enough levels that
 * no receiver's recursive parser falls over a payload that is passed on.
 */
export const MAX_JSON_DEPTH = 256;

/** Why a text is not read, and at which byte. */
export class JsonFault extends Error {
  constructor(
    readonly reason: "malformed" | "not_utf8" | "too_deep",
    readonly at: number,
  ) {
    super(`${reason} at byte ${at}`);
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const PAST_THE_END = 0; // a NUL is no part of any token, so the end needs no check of its own

/** Strings are looked through byte by byte up to this length. */
const SHORT_STRING_BYTES = 16;

/** What may follow a backslash: `"\/bfnrt`; `u` stands apart. */
const ESCAPED = new Set(Buffer.from('"\\/bfnrt'));

/** The closing byte of each container that is open; kept between calls, which never overlap. */
const closers = new Uint8Array(MAX_JSON_DEPTH + 1);

/** The byte there, or 0 past the end. */
export function byteAt(bytes: Uint8Array, at: number): number {
  return at < bytes.length ? (bytes[at] ?? PAST_THE_END) : PAST_THE_END;
}

/** The first byte from here on that is not white space. */
export function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] ?? PAST_THE_END;
    if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break;
  }
  return at;
}

/**
 * Checks the value that starts here against RFC 8259 and returns where it ends. Iterative, so that nesting
 * costs no stack.
 * @throws JsonFault
 */
export function endOfValue(bytes: Uint8Array, start: number, depth: number): number {
  let at = start;
  let level = depth; // containers open around `at`
  for (;;) {
    const byte = byteAt(bytes, at);
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      level = deeper(level, at);
      closers[level] = byte + 2; // in ASCII "}" is two after "{", and "]" two after "["
      at = skipSpace(bytes, at + 1);
      if (byteAt(bytes, at) !== byte + 2) {
        if (byte === OPEN_OBJECT) at = startOfMember(bytes, endOfString(bytes, at));
        continue;
      }
    } else {
      at = endOfScalar(bytes, at);
    }
    while (level > depth) {
      at = skipSpace(bytes, at);
      if (byteAt(bytes, at) !== closers[level]) break;
      at++;
      level--;
    }
    if (level === depth) return at;
    at = afterComma(bytes, at);
    if (closers[level] === CLOSE_OBJECT) at = startOfMember(bytes, endOfString(bytes, at));
  }
}

/** One level more. @throws JsonFault */
export function deeper(level: number, at: number): number {
  if (level >= MAX_JSON_DEPTH) throw new JsonFault("too_deep", at);
  return level + 1;
}

/** From the end of a key to the start of its value. @throws JsonFault */
export function startOfMember(bytes: Uint8Array, endOfKey: number): number {
  const at = skipSpace(bytes, endOfKey);
  if (byteAt(bytes, at) !== COLON) throw new JsonFault("malformed", at);
  return skipSpace(bytes, at + 1);
}

/** From the comma that must stand here to the start of what follows. @throws JsonFault */
export function afterComma(bytes: Uint8Array, at: number): number {
  if (byteAt(bytes, at) !== COMMA) throw new JsonFault("malformed", at);
  return skipSpace(bytes, at + 1);
}

/** The end of the string whose opening quote must stand here, closing quote included. @throws JsonFault */
export function endOfString(bytes: Uint8Array, open: number): number {
  if (byteAt(bytes, open) !== QUOTE) throw new JsonFault("malformed", open);
  let at = open + 1;
  let words: DataView | null = null; // not for keys and short values
  while (at < bytes.length) {
    if (at > open + SHORT_STRING_BYTES) {
      words ??= new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      at = endOfPlainWords(words, at);
    }
    const byte = byteAt(bytes, at);
    if (byte === QUOTE) return at + 1;
    if (byte < 0x20) break;
    at = byte === BACKSLASH ? endOfEscape(bytes, at) : at + 1;
  }
  throw new JsonFault("malformed", at);
}

/**
 * Skips words of four bytes, none of which is a quote, a backslash or a control character: long strings go by so, two
 * to four times as fast. Each of the three terms has the highest bit of a byte where that byte is the one sought, and
 * none where no byte is. In one piece, for a call a word would cost what is won.
 */
function endOfPlainWords(words: DataView, start: number): number {
  const last = words.byteLength - 4;
  let at = start;
  for (; at <= last; at += 4) {
    const word = words.getInt32(at, true);
    const quote = word ^ 0x22222222; // a byte is 0 where a quote stands
    const backslash = word ^ 0x5c5c5c5c;
    const found =
      ((quote - 0x01010101) & ~quote) |
      ((backslash - 0x01010101) & ~backslash) |
      ((word - 0x20202020) & ~word);
    if ((found & 0x80808080) !== 0) break;
  }
  return at;
}

function endOfEscape(bytes: Uint8Array, at: number): number {
  const byte = byteAt(bytes, at + 1);
  if (ESCAPED.has(byte)) return at + 2;
  if (byte !== 0x75) throw new JsonFault("malformed", at);
  for (let digit = at + 2; digit < at + 6; digit++) {
    if (!isHexDigit(byteAt(bytes, digit))) throw new JsonFault("malformed", at);
  }
  return at + 6;
}

function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}

function endOfScalar(bytes: Uint8Array, start: number): number {
  switch (byteAt(bytes, start)) {
    case QUOTE:
      return endOfString(bytes, start);
    case 0x74:
      return endOfWord(bytes, start, "true");
    case 0x66:
      return endOfWord(bytes, start, "false");
    case 0x6e:
      return endOfWord(bytes, start, "null");
    default:
      return endOfNumber(bytes, start);
  }
}

function endOfWord(bytes: Uint8Array, start: number, word: string): number {
  for (let i = 1; i < word.length; i++) {
    if (byteAt(bytes, start + i) !== word.charCodeAt(i)) throw new JsonFault("malformed", start);
  }
  return start + word.length;
}

function endOfNumber(bytes: Uint8Array, start: number): number {
  let at = byteAt(bytes, start) === MINUS ? start + 1 : start;
  at = byteAt(bytes, at) === ZERO ? at + 1 : endOfDigits(bytes, at); // no zero stands before other digits
  if (byteAt(bytes, at) === DOT) at = endOfDigits(bytes, at + 1);
  if ((byteAt(bytes, at) | 0x20) !== 0x65) return at; // neither e nor E
  const sign = byteAt(bytes, at + 1);
  return endOfDigits(bytes, sign === MINUS || sign === 0x2b ? at + 2 : at + 1);
}

function endOfDigits(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isDigit(byteAt(bytes, at))) at++;
  if (at === start) throw new JsonFault("malformed", at);
  return at;
}
