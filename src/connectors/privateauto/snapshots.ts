import { createHash } from "node:crypto";
import type { Errand, Running, Step } from "../connector.ts";
import { isJsonObject, type JsonObject } from "../json-answer.ts";
import { UpstreamError } from "../upstream-error.ts";
import { archivedAs, archiveErrandsOf } from "./archive.ts";
import { type Client, type DataRecord, idIn } from "./client.ts";
import { EVENT_TYPE_PREFIX } from "./events.ts";
import { filesInDeal } from "./files.ts";
import type { PrivateAutoSettings } from "./settings.ts";

/** What is remembered of a record that was told. */
interface Known {
  /** How often it was told. */
  told: number;
  /** ms UTC; null: the record has none. */
  updatedAt: number | null;
  digest: string;
}

/** Reads the records that webhooks name, and tells what is new in them. @throws UpstreamError */
export function openSnapshots({ client, settings }: { client: Client; settings: PrivateAutoSettings }) {
  return {
    async deal({ key: id }: Errand, { memory, signal }: Running): Promise<Step> {
      const record = await client.record({ signal }, "deals", id);
      const listingId = idIn(record.body.listingId);
      const vin = listingId === null ? null : await vinOf(listingId, { memory, signal });
      const step = tell("deal", { id, record, vin, memory });
      const remember = [...(step.remember ?? [])];
      if (listingId === null) return step;
      if (vin !== null) remember.push([vinKey(listingId), vin]);
      return { ...step, remember, errands: [{ name: "listing", key: listingId, request: "{}" }] };
    },
    async offer({ key: id }: Errand, { memory, signal }: Running): Promise<Step> {
      const record = await client.record({ signal }, "offers", id);
      const { listingId, listing } = record.body; // the documentation and its sample disagree
      const found = idIn(listingId) ?? idIn(listing);
      const vin = found === null ? null : await vinOf(found, { memory, signal });
      return tell("offer", { id, record, vin, memory });
    },
    async listing({ key: id }: Errand, { memory, signal }: Running): Promise<Step> {
      const record = await client.record({ signal }, "listings", id);
      return tell("listing", { id, record, vin: vinIn(record.body), memory });
    },
    /** A deal's documents; the files among them that are not kept yet are left to be fetched. */
    async documents({ key: dealId }: Errand, { memory, signal }: Running): Promise<Step> {
      const record = await client.record({ signal }, "deals", dealId, "documents");
      const step = settings.enrich ? tell("documents", { id: dealId, record, memory }) : { drafts: [] };
      if (!settings.archiveDocuments) return step;
      const files = filesInDeal(record.body).filter((file) => memory.recall(archivedAs(file)) === null);
      return { ...step, errands: archiveErrandsOf(dealId, files) };
    },
  };

  /** A listing's VIN does not change: asked for once. Null: the listing cannot be seen, or has none. */
  async function vinOf(
    listingId: string,
    { memory, signal }: Pick<Running, "memory" | "signal">,
  ): Promise<string | null> {
    const known = memory.recall(vinKey(listingId));
    if (known !== null) return known;
    try {
      return vinIn((await client.record({ signal }, "listings", listingId)).body);
    } catch (error) {
      if (error instanceof UpstreamError && error.fault === "refused") return null;
      throw error;
    }
  }
}

/** What there is to run snapshots with. */
export type Snapshots = ReturnType<typeof openSnapshots>;

const vinKey = (listingId: string) => `vin/${listingId}`;

/** The VIN of a listing as `/data` shows it. */
export function vinIn({ vehicle }: JsonObject): string | null {
  const { vin } = isJsonObject(vehicle) ? vehicle : {};
  return typeof vin === "string" && vin !== "" ? vin : null;
}

interface Found {
  id: string;
  record: DataRecord;
  vin?: string | null;
  memory: Pick<Running["memory"], "recall">;
}

/** A snapshot's event, unless the record is as it was told, or older than that. */
function tell(entity: "deal" | "offer" | "listing" | "documents", found: Found): Step {
  const { id, record, vin, memory } = found;
  const place = `${entity}/${id}`;
  const known = JSON.parse(memory.recall(place) ?? "null") as Known | null;
  const now = { updatedAt: instantIn(record.body.updatedAt), digest: digestOf(record.body) };
  if (known !== null && (known.digest === now.digest || isOlder(now, known)))
    return { drafts: [], seen: [place] };
  const told = (known?.told ?? 0) + 1;
  const parts = [
    [entity === "documents" ? "dealId" : "id", JSON.stringify(id)],
    ...(vin === undefined ? [] : [["vin", JSON.stringify(vin)]]),
    [entity, record.text],
  ];
  const payload = `{${parts.map(([name, json]) => `"${name}":${json}`).join(",")}}`;
  const eventType = `${EVENT_TYPE_PREFIX}${entity}.snapshot`;
  return {
    drafts: [{ eventType, payload, key: `snapshot/${place}/${told}` }],
    remember: [[place, JSON.stringify({ told, ...now } satisfies Known)]],
  };
}

const isOlder = (one: Pick<Known, "updatedAt">, other: Pick<Known, "updatedAt">) =>
  one.updatedAt !== null && other.updatedAt !== null && one.updatedAt < other.updatedAt;

function instantIn(value: unknown): number | null {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

/** Signed anew at each look: no change of the record. */
const SIGNED = ["url", "signedUrl", "expiresAt"];

/** The same for equal records, whatever the order of their keys and whenever their links were signed. */
function digestOf(body: JsonObject): string {
  const text = JSON.stringify(body, (key, value) => {
    if (SIGNED.includes(key)) return undefined;
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
