import { readCatalogFiles } from "./catalog-files.ts" with { type: "macro" };
import { matches, parsePattern } from "./event-types.ts";
import { type Schema, selfContained } from "./self-contained.ts";

/** One event type as the catalog describes it; `schema` needs no other file. */
export interface CatalogEntry {
  eventType: string;
  domain: string;
  summary: string;
  schema: Schema;
  example: Record<string, unknown>;
}

/** The names in the catalog, in the form that `GET /event-catalog` answers. */
export interface CatalogListing {
  domains: string[];
  eventTypes: { eventType: string; domain: string }[];
  byDomain: Record<string, string[]>;
}

/** The event types that lanehook knows. */
export interface Catalog {
  listing(): CatalogListing;
  find(eventType: string): CatalogEntry | undefined;
  entries(): CatalogEntry[];
  /** True when the pattern is, or matches, at least one event type of the catalog. */
  knows(pattern: string): boolean;
}

interface EventTypeFile {
  name: string;
  domain: string;
  summary: string;
  schema: Schema;
  example: Record<string, unknown>;
}

const SHARED_SHAPES = "common.json";
const EVENT_TYPE_FILE = /^([^/]+)\/(.+)\.json$/;
const files = readCatalogFiles();

/** Opens the catalog; a file is parsed when it is first asked for. */
export function openCatalog(): Catalog {
  const jsonOf = new Map<string, string>();
  const domainOf = new Map<string, string>();
  for (const { path, json } of files) {
    const [, domain, eventType] = EVENT_TYPE_FILE.exec(path) ?? [];
    if (domain === undefined || eventType === undefined) continue;
    jsonOf.set(eventType, json);
    domainOf.set(eventType, domain);
  }
  const eventTypes = [...jsonOf.keys()].sort();
  const found = new Map<string, CatalogEntry>();
  let shared: Schema | undefined;

  function find(eventType: string): CatalogEntry | undefined {
    const json = jsonOf.get(eventType);
    if (json === undefined) return undefined;
    const known = found.get(eventType);
    if (known !== undefined) return known;
    shared ??= sharedShapes();
    const entry = toEntry(JSON.parse(json), shared);
    found.set(eventType, entry);
    return entry;
  }

  return {
    listing: () => list(eventTypes, domainOf),
    find,
    entries: () => eventTypes.map(find).filter((entry) => entry !== undefined),
    knows(pattern) {
      if (parsePattern(pattern)?.kind === "name") return jsonOf.has(pattern);
      return eventTypes.some((eventType) => matches(pattern, eventType));
    },
  };
}

function list(eventTypes: string[], domainOf: ReadonlyMap<string, string>): CatalogListing {
  const listed = eventTypes.map((eventType) => ({ eventType, domain: domainOf.get(eventType) ?? "" }));
  const domains = [...new Set(domainOf.values())].sort();
  return {
    domains,
    eventTypes: listed,
    byDomain: Object.fromEntries(
      domains.map((domain) => [
        domain,
        listed.filter((one) => one.domain === domain).map((one) => one.eventType),
      ]),
    ),
  };
}

function toEntry({ name, domain, summary, schema, example }: EventTypeFile, shared: Schema): CatalogEntry {
  return { eventType: name, domain, summary, schema: selfContained(schema, shared), example };
}

function sharedShapes(): Schema {
  const json = files.find(({ path }) => path === SHARED_SHAPES)?.json;
  if (json === undefined) throw new Error(`the catalog has no ${SHARED_SHAPES}`);
  return JSON.parse(json).$defs;
}
