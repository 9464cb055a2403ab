import { isUtf8 } from "node:buffer";
import {
  afterComma,
  byteAt,
  deeper,
  endOfString,
  endOfValue,
  JsonFault,
  skipSpace,
  startOfMember,
} from "./json-scan.ts";

/** What to look for in an object. */
export interface Shape {
  /** The members worth keeping, each with what to look for in it where it is an object. */
  names: ReadonlyMap<string, Shape | null>;
  /** How long those names are. */
  lengths: ReadonlySet<number>;
  /** Remember where every key stands, so that one that stands twice can be found. */
  keepsKeys: boolean;
}

/** A part of a text. */
export interface Place {
  bytes: Buffer;
  start: number;
  end: number;
}

/** A value as it stands in a text: where, and what the shape asked to know of it. */
export interface JsonSlice extends Place {
  kind: "object" | "array" | "string" | "number" | "word";
  /** Of an object that was read with a shape: the members it names. Of a key that stands twice, the last. */
  members: ReadonlyMap<string, JsonSlice> | null;
  /** Where each key starts and ends, two numbers a key. */
  keys: readonly number[];
}

const QUOTE = 0x22;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NO_KEYS: readonly number[] = [];

/** The shape that keeps these members. */
export function shapeOf(
  members: Record<string, Shape | null>,
  keepsKeys: "keeps keys" | "drops keys",
): Shape {
  const names = new Map(Object.entries(members));
  const lengths = new Set([...names.keys()].map((name) => name.length)); // they are ASCII: bytes and characters
  return { names, lengths, keepsKeys: keepsKeys === "keeps keys" };
}

/** The bytes, seen to be UTF-8. @throws JsonFault */
export function jsonBytes(bytes: Uint8Array): Buffer {
  if (!isUtf8(bytes)) throw new JsonFault("not_utf8", 0);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** True when the text can only be that of an array. */
export function isArrayText(bytes: Buffer): boolean {
  return byteAt(bytes, skipSpace(bytes, 0)) === OPEN_ARRAY;
}

/** Reads a whole text. @throws JsonFault unless it is one JSON value. */
export function readJson(bytes: Buffer, shape: Shape): JsonSlice {
  const value = readValue(bytes, skipSpace(bytes, 0), { shape, depth: 0 });
  expectEnd(bytes, value.end);
  return value;
}

/** Reads a whole text that is an array, element by element. @throws JsonFault unless it is one. */
export function readJsonArray(
  bytes: Buffer,
  shape: Shape,
  visit: (element: JsonSlice, index: number) => void,
) {
  expectEnd(bytes, readElements(bytes, skipSpace(bytes, 0), { shape, visit }));
}

/** Reads the elements of the array that starts here and returns where it ends. @throws JsonFault */
export function readElements(
  bytes: Buffer,
  start: number,
  { shape, visit }: { shape: Shape; visit: (element: JsonSlice, index: number) => void },
): number {
  let at = skipSpace(bytes, start + 1);
  if (byteAt(bytes, at) === CLOSE_ARRAY) return at + 1;
  for (let index = 0; ; index++) {
    const element = readValue(bytes, at, { shape, depth: 1 });
    visit(element, index);
    at = skipSpace(bytes, element.end);
    if (byteAt(bytes, at) === CLOSE_ARRAY) return at + 1;
    at = afterComma(bytes, at);
  }
}

/** The verbatim text. */
export function textOf({ bytes, start, end }: Place): string {
  return bytes.toString("utf8", start, end);
}

/** What a string says, its escapes undone. */
export function stringOf({ bytes, start, end }: Place): string {
  const raw = bytes.toString("utf8", start + 1, end - 1);
  return raw.includes("\\") ? String(JSON.parse(`"${raw}"`)) : raw;
}

/** A key of this object that stands in it more than once. */
export function repeatedKey({ bytes, keys }: JsonSlice): string | undefined {
  const seen = new Set<string>();
  for (let i = 0; i < keys.length; i += 2) {
    const key = stringOf({ bytes, start: keys[i] ?? 0, end: keys[i + 1] ?? 0 });
    if (seen.has(key)) return key;
    seen.add(key);
  }
  return undefined;
}

function expectEnd(bytes: Buffer, end: number): void {
  const at = skipSpace(bytes, end);
  if (at !== bytes.length) throw new JsonFault("malformed", at);
}

function readValue(bytes: Buffer, start: number, wish: { shape: Shape | null; depth: number }): JsonSlice {
  const kind = kindOf(byteAt(bytes, start));
  if (kind === "object" && wish.shape)
    return readObject(bytes, start, { shape: wish.shape, depth: wish.depth });
  const end = endOfValue(bytes, start, wish.depth);
  return { bytes, start, end, kind, members: null, keys: NO_KEYS };
}

function kindOf(byte: number): JsonSlice["kind"] {
  if (byte === QUOTE) return "string";
  if (byte === OPEN_OBJECT) return "object";
  if (byte === OPEN_ARRAY) return "array";
  return byte > 0x60 ? "word" : "number"; // what is neither does not come out of endOfValue
}

/** Calls itself only as deep as the shape goes. */
function readObject(bytes: Buffer, start: number, wish: { shape: Shape; depth: number }): JsonSlice {
  const { shape } = wish;
  const depth = deeper(wish.depth, start);
  const members = new Map<string, JsonSlice>();
  const keys: number[] = [];
  let at = skipSpace(bytes, start + 1);
  while (byteAt(bytes, at) !== CLOSE_OBJECT) {
    const endOfKey = endOfString(bytes, at);
    const name = nameOf(bytes, { start: at, end: endOfKey, shape });
    if (shape.keepsKeys) keys.push(at, endOfKey);
    at = startOfMember(bytes, endOfKey);
    if (name === undefined) {
      at = endOfValue(bytes, at, depth);
    } else {
      const value = readValue(bytes, at, { shape: shape.names.get(name) ?? null, depth });
      members.set(name, value);
      at = value.end;
    }
    at = nextMember(bytes, at);
  }
  return { bytes, start, end: at + 1, kind: "object", members, keys };
}

/** From the end of a value to the next key or the closing brace. */
function nextMember(bytes: Buffer, end: number): number {
  const at = skipSpace(bytes, end);
  if (byteAt(bytes, at) === CLOSE_OBJECT) return at;
  const next = afterComma(bytes, at);
  if (byteAt(bytes, next) === CLOSE_OBJECT) throw new JsonFault("malformed", next); // a comma before the brace
  return next;
}

/** The key as a name of the shape. Most keys are none, and are told by their length without making a string. */
function nameOf(bytes: Buffer, { start, end, shape }: { start: number; end: number; shape: Shape }) {
  if (!shape.lengths.has(end - start - 2) && !hasEscape(bytes, start, end)) return undefined;
  const name = stringOf({ bytes, start, end });
  return shape.names.has(name) ? name : undefined;
}

function hasEscape(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return true;
  return false;
}
