import { readCatalogFiles } from "./catalog-files.ts" with { type: "macro" };
import type { CatalogFile } from "./catalog-files.ts";
import { matches } from "./event-types.ts";
import { type Schema, selfContained } from "./self-contained.ts";

/** One event type as the catalog describes it; `schema` needs no other file. */
export type CatalogEntry = Place & {
  eventType: string;
  summary: string;
  schema: Schema;
  example: Record<string, unknown>;
};

/** What an event type belongs to: a domain of the auctions' own types, or the kind of connector that brings it. */
type Place = { domain: string } | { source: string };

/** The names in the catalog, in the form that `GET /event-catalog` answers. */
export interface CatalogListing {
  domains: string[];
  eventTypes: { eventType: string; domain: string }[];
  byDomain: Record<string, string[]>;
  /** The types that connectors bring, by kind. */
  sources: Record<string, string[]>;
}

/** The event types that lanehook knows. */
export interface Catalog {
  listing(): CatalogListing;
  find(eventType: string): CatalogEntry | undefined;
  /** Those of the domains. */
  entries(): CatalogEntry[];
  /** Those that connectors bring. */
  sourceEntries(): CatalogEntry[];
  /** The first event type that a pattern is, or matches. */
  firstOf(pattern: string): CatalogEntry | undefined;
  /** True when the pattern is, or matches, at least one event type of the catalog. */
  knows(pattern: string): boolean;
}

type EventTypeFile = Place & {
  name: string;
  summary: string;
  schema: Schema;
  example: Record<string, unknown>;
};

/** Where an event type is described, and in which group it is listed. */
interface Listed {
  json: string;
  /** The folder, whose own common.json or that of the catalog has the shapes its files share. */
  folder: string;
  group: string;
}

const SHARED_SHAPES = "common.json";
const DOMAIN_FILE = /^([^/]+)\/([^/]+)\.json$/;
const SOURCE_FILE = /^sources\/([^/]+)\/(?!common\.json$)([^/]+)\.json$/;
const files: readonly CatalogFile[] = readCatalogFiles();

/** Opens the catalog; a file is parsed when it is first asked for. */
export function openCatalog(given: readonly CatalogFile[] = files): Catalog {
  const ofDomains = listed(given, DOMAIN_FILE, () => "");
  const ofSources = listed(given, SOURCE_FILE, (source) => `sources/${source}/`);
  const all = new Map([...ofDomains, ...ofSources]);
  const found = new Map<string, CatalogEntry>();
  const shapes = new Map<string, Schema>();

  function find(eventType: string): CatalogEntry | undefined {
    const file = all.get(eventType);
    if (file === undefined) return undefined;
    const entry = found.get(eventType) ?? toEntry(JSON.parse(file.json), shapesIn(file.folder));
    found.set(eventType, entry);
    return entry;
  }

  function shapesIn(folder: string): Schema {
    const known = shapes.get(folder) ?? sharedShapes(given, folder);
    shapes.set(folder, known);
    return known;
  }

  function firstNameOf(pattern: string): string | undefined {
    if (all.has(pattern)) return pattern;
    return [...all.keys()].find((eventType) => matches(pattern, eventType));
  }

  const entriesOf = (group: ReadonlyMap<string, Listed>) =>
    [...group.keys()].map(find).filter((entry) => entry !== undefined);

  return {
    listing: () => list(ofDomains, ofSources),
    find,
    entries: () => entriesOf(ofDomains),
    sourceEntries: () => entriesOf(ofSources),
    firstOf(pattern) {
      const eventType = firstNameOf(pattern);
      return eventType === undefined ? undefined : find(eventType);
    },
    knows: (pattern) => firstNameOf(pattern) !== undefined,
  };
}

/** By event type, sorted. */
function listed(
  given: readonly CatalogFile[],
  form: RegExp,
  folderOf: (group: string) => string,
): Map<string, Listed> {
  const found = given.flatMap(({ path, json }): [string, Listed][] => {
    const [, group, eventType] = form.exec(path) ?? [];
    if (group === undefined || eventType === undefined) return [];
    return [[eventType, { json, group, folder: folderOf(group) }]];
  });
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function list(
  ofDomains: ReadonlyMap<string, Listed>,
  ofSources: ReadonlyMap<string, Listed>,
): CatalogListing {
  const byDomain = byGroup(ofDomains);
  return {
    domains: Object.keys(byDomain),
    eventTypes: [...ofDomains].map(([eventType, { group }]) => ({ eventType, domain: group })),
    byDomain,
    sources: byGroup(ofSources),
  };
}

function byGroup(types: ReadonlyMap<string, Listed>): Record<string, string[]> {
  const groups = [...new Set([...types.values()].map(({ group }) => group))].sort();
  return Object.fromEntries(
    groups.map((group) => [
      group,
      [...types.keys()].filter((eventType) => types.get(eventType)?.group === group),
    ]),
  );
}

function toEntry({ name, summary, schema, example, ...place }: EventTypeFile, shared: Schema): CatalogEntry {
  const own = "domain" in place ? { domain: place.domain } : { source: place.source };
  return { eventType: name, ...own, summary, schema: selfContained(schema, shared), example };
}

/** A source without shapes of its own has none. */
function sharedShapes(given: readonly CatalogFile[], folder: string): Schema {
  const json = given.find(({ path }) => path === `${folder}${SHARED_SHAPES}`)?.json;
  if (json === undefined && folder === "") throw new Error(`the catalog has no ${SHARED_SHAPES}`);
  return json === undefined ? {} : JSON.parse(json).$defs;
}
