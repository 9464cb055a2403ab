import type { ConnectorDraft, Memory, Step } from "../connector.ts";
import { isJsonObject, type JsonObject } from "../json-answer.ts";
import { UpstreamError } from "../upstream-error.ts";
import { type Client, idIn, type Parts } from "./client.ts";
import { draftOf } from "./events.ts";

/** Each look begins this long before the end of the one before, ms: the upstream's last retry comes after 21 min. */
const OVERLAP_MS = 3_600_000;

/** Pages of one look at most. */
const MAX_PAGES = 2000;

const HOUR_MS = 3_600_000;

/**
 * Reads the upstream's own record of its webhooks since the last look, and tells what never arrived here, be it
 * delivered, failed or skipped there. What did arrive has the same key, and is known.
 */
export function openReconciliation({ client, settings, clock }: Parts & { client: Client }) {
  return async function* look(memory: Memory, signal: AbortSignal): AsyncIterable<Step> {
    const now = clock.now();
    const since =
      memory.cursor === null ? now - settings.lookBackHours * HOUR_MS : Number(memory.cursor) - OVERLAP_MS;
    // Both ends fixed, so that what is attempted meanwhile does not move the pages.
    const query = { dateFrom: new Date(since).toISOString(), dateTo: new Date(now).toISOString() };
    const known = new Set<string>();
    let upstreamNow = now;
    for (let page = 0; page < MAX_PAGES; page++) {
      const { items, hasMore, date } = await client.page("webhook-deliveries", page, { signal }, query);
      if (page === 0) upstreamNow = Math.min(now, date ?? now); // a clock ahead of the upstream's has not seen its end
      const ids = items.map(({ id }) => String(id));
      const isNew = ids.some((id) => !known.has(id));
      for (const id of ids) known.add(id);
      const isLast = !hasMore || !isNew; // some lists do not tell their end, and go round
      const drafts = await draftsOf(items, signal);
      const cursor = isLast ? { cursor: String(upstreamNow) } : {};
      yield { drafts, pages: 1, items: items.length, ...cursor };
      if (isLast) return;
    }
    throw new UpstreamError("malformed", `the list of deliveries has more than ${MAX_PAGES} pages`);
  };

  async function draftsOf(items: readonly JsonObject[], signal: AbortSignal): Promise<ConnectorDraft[]> {
    const drafts: ConnectorDraft[] = [];
    for (const item of items) {
      const draft = toDraft(item) ?? toDraft(await whole(item, signal));
      if (draft !== null) drafts.push(draft);
    }
    return drafts;
  }

  /** A list may leave the payload out. */
  async function whole(item: JsonObject, signal: AbortSignal): Promise<JsonObject> {
    const logId = idIn(item.id);
    if (logId === null) return {};
    return { ...item, ...(await client.record({ signal }, "webhook-deliveries", logId)).body };
  }

  /** Null: without an event id there is nothing to know it by. */
  function toDraft({ event, payload }: JsonObject): ConnectorDraft | null {
    if (typeof event !== "string" || event === "" || !isJsonObject(payload)) return null;
    const { eventId } = payload;
    if (typeof eventId !== "string" || eventId === "") return null;
    return draftOf({ event, eventId, payload, text: JSON.stringify(payload) }, settings);
  }
}
