import { createHash } from "node:crypto";

type Json = Record<string, unknown>;

/**
 * Parts of a thing by their dotted path, such as `vehicle.mileage`: what is remembered of it, to tell what has
 * changed. A part that is long is remembered by its digest alone.
 */
export type Facts = Record<string, unknown>;

/** Longer parts are remembered as `{"digest": …}`: a state is read and written at every change, characters of JSON. */
const MAX_KEPT_LENGTH = 200;

/** The facts in an object: its parts, and the parts of objects directly in it; nulls and empty texts are none. */
export function factsIn(thing: Json, except: ReadonlySet<string>): Facts {
  const facts: Facts = {};
  for (const [key, value] of Object.entries(thing)) {
    if (except.has(key)) continue;
    if (!isObject(value)) add(facts, key, value);
    else for (const [part, inner] of Object.entries(value)) add(facts, `${key}.${part}`, inner);
  }
  return facts;
}

/** The facts at these paths. */
export function factsAt(thing: Json, paths: readonly string[]): Facts {
  const facts: Facts = {};
  for (const path of paths) add(facts, path, valueAt(thing, path));
  return facts;
}

/** The paths of what is not the same, sorted. */
export function changedPaths(before: Facts, now: Facts): string[] {
  const paths = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...paths].filter((path) => comparable(before[path]) !== comparable(now[path])).sort();
}

/** The former values of what has changed, in the shape of the thing itself; null where there was none. */
export function formerValues(before: Facts, paths: readonly string[]): Json {
  const former: Json = {};
  for (const path of paths) {
    const value = before[path] ?? null;
    if (isDigest(value)) continue; // too long to be remembered
    const [key = "", part] = path.split(".", 2);
    if (part === undefined) former[key] = value;
    else former[key] = { ...(former[key] as Json | undefined), [part]: value };
  }
  return former;
}

/** The value at a dotted path; undefined where there is none. */
export function valueAt(thing: unknown, path: string): unknown {
  let value = thing;
  for (const key of path.split(".")) value = isObject(value) ? value[key] : undefined;
  return value;
}

/** The same for equal things, whatever the order of their keys. */
export const digestOf = (value: unknown): string =>
  createHash("sha256").update(canonical(value)).digest("base64url").slice(0, 22);

function add(facts: Facts, path: string, value: unknown): void {
  if (value === null || value === undefined || value === "") return; // an update clears a field by null or ""
  const isShort = (JSON.stringify(value) ?? "").length <= MAX_KEPT_LENGTH;
  facts[path] = isShort ? value : { digest: digestOf(value) };
}

const isDigest = (value: unknown): boolean =>
  isObject(value) && Object.keys(value).length === 1 && typeof value.digest === "string";

const ISO_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;

/** Equal for a number and its text, and for an instant however it is written: the upstream is not strict there. */
function comparable(value: unknown): string {
  if (typeof value !== "string") return canonical(value);
  if (ISO_INSTANT.test(value)) return new Date(value).toISOString();
  return /^-?\d+(?:\.\d+)?$/.test(value) && String(Number(value)) === value ? value : JSON.stringify(value);
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, part) =>
      isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
    ) ?? "undefined"
  );
}

/** True for what JSON calls an object. */
export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
