import type { Database } from "bun:sqlite";
import type { Environment } from "../database/schema.ts";
import { Problem } from "../problems.ts";
import { afterReadyIo } from "../seams.ts";
import {
  DELIVERY_COLUMNS,
  DELIVERY_JOINS,
  type DeliveryRow,
  iso,
  type Owner,
  type ShownRow,
  shownRow,
} from "./delivery-rows.ts";
import type { PageKeys } from "./page-keys.ts";
import { type Page, takePage } from "./pages.ts";
import { toldHeaders } from "./request-headers.ts";

/** How a delivery's state is called outside; `retrying` is pending with attempts made. */
export const shownStatuses = ["pending", "retrying", "success", "failed", "cancelled"] as const;
export type ShownStatus = (typeof shownStatuses)[number];

/** Which deliveries are asked for; what is left out is not filtered by. Instants in ms UTC, `until` exclusive. */
export interface DeliveryFilter {
  environment?: Environment | undefined;
  status?: ShownStatus | undefined;
  eventType?: string | undefined;
  eventId?: string | undefined;
  since?: number | undefined;
  until?: number | undefined;
}

/** A delivery as its customer sees it: seed 000's fields, then `eventId`, `nextAttemptAt` and `replayOf`. */
export interface ShownDelivery extends ShownRow {
  status: ShownStatus;
  attempts: number;
  lastAttemptAt: string | null;
  createdAt: string;
  responseStatus: number | null;
  responseBody: string | null;
  eventId: string;
  nextAttemptAt: string | null;
  replayOf: string | null;
}

/** One attempt as its customer sees it. */
export interface ShownAttempt {
  attempt: number;
  at: string;
  durationMs: number;
  resolveMs: number | null;
  firstByteMs: number | null;
  outcome: string;
  requestHeaders: Record<string, string>;
  responseStatus: number | null;
  responseHeaders: Record<string, string> | null;
  responseBody: string | null;
  webhookUrl: string;
}

/** What customers can read of their deliveries. */
export interface DeliveryList {
  /** Newest first, a page at a time. @throws Problem invalid_page_key */
  page(
    owner: Owner,
    filter: DeliveryFilter,
    at: { limit: number; lastKey?: string | undefined },
  ): Promise<Page<ShownDelivery>>;
  /** One delivery with each of its attempts. @throws Problem delivery_not_found */
  find(owner: Owner, deliveryId: string): ShownDelivery & { attemptLog: ShownAttempt[] };
}

type Row = DeliveryRow & {
  status: "pending" | "success" | "failed" | "cancelled";
  lastAttemptAt: number | null;
  responseStatus: number | null;
  responseBody: string | null;
  eventId: string;
  dueAt: number | null;
  replayOf: string | null;
};

const COLUMNS = `${DELIVERY_COLUMNS}, d.status, d.last_attempt_at AS lastAttemptAt,
  a.response_status AS responseStatus, a.response_body AS responseBody, e.public_id AS eventId,
  d.due_at AS dueAt, d.replay_of AS replayOf`;

/** Rows a filtered search looks through before it lets other requests have their turn. */
const SLICE = 5000;

/** Reads deliveries: a customer's own only, by key and never by offset. */
export function openDeliveryList(sqlite: Database, pageKeys: PageKeys): DeliveryList {
  const one = sqlite.prepare<Row, [string, number]>(
    `SELECT ${COLUMNS} FROM deliveries d ${DELIVERY_JOINS} WHERE d.public_id = ? AND d.customer_id = ?`,
  );
  const attemptsOf = sqlite.prepare<AttemptRow, [number]>(
    `SELECT attempt, at, duration_ms AS durationMs, resolve_ms AS resolveMs, first_byte_ms AS firstByteMs, outcome,
       request_headers AS requestHeaders, response_status AS responseStatus, response_headers AS responseHeaders,
       response_body AS responseBody, webhook_url AS webhookUrl
     FROM attempts WHERE delivery_id = ? ORDER BY attempt`,
  );
  const sliceEnd = sqlite.prepare<{ id: number }, [number, number]>(
    `SELECT id FROM deliveries WHERE customer_id = ? AND id < ? ORDER BY id DESC LIMIT 1 OFFSET ${SLICE}`,
  );

  return {
    async page(owner, filter, { limit, lastKey }) {
      const place = pageKeys.placeOf("deliveries", owner.id, lastKey);
      const { page, lastId } = await takePage(search(owner, filter, place), limit, (row) =>
        shown(row, owner),
      );
      return {
        items: page,
        nextKey: lastId === null ? null : pageKeys.keyFor("deliveries", owner.id, lastId),
      };
    },
    find(owner, deliveryId) {
      const row = one.get(deliveryId, owner.id);
      if (row === null) throw new Problem("delivery_not_found");
      const attemptLog = attemptsOf.all(row.id).map((attempt) => shownAttempt(attempt, row));
      return { ...shown(row, owner), attemptLog };
    },
  };

  /** Matching rows, newest first; after each slice that was looked through, others have their turn. */
  async function* search(owner: Owner, filter: DeliveryFilter, place: number): AsyncGenerator<Row> {
    const { where, values } = conditions(filter);
    const isSliced = where.length > 0 && filter.eventId === undefined && filter.status !== "failed";
    const customer = filter.eventId === undefined ? "d.customer_id" : "+d.customer_id"; // the event is the shorter way
    const sql = `SELECT ${COLUMNS} FROM deliveries d ${DELIVERY_JOINS}
      WHERE ${[`${customer} = ?`, "d.id < ?", "d.id >= ?", ...where].join(" AND ")} ORDER BY d.id DESC`;
    const statement = sqlite.prepare<Row, (string | number)[]>(sql);
    try {
      for (let below: number | null = place; below !== null; ) {
        const end: number | null = isSliced ? (sliceEnd.get(owner.id, below)?.id ?? null) : null;
        yield* statement.iterate(owner.id, below, end ?? 0, ...values);
        below = end;
        if (below !== null) await new Promise<void>((resolve) => afterReadyIo(resolve));
      }
    } finally {
      statement.finalize();
    }
  }
}

function conditions(filter: DeliveryFilter): { where: string[]; values: (string | number)[] } {
  const where: string[] = [];
  const values: (string | number)[] = [];
  const add = (condition: string, ...given: (string | number | undefined)[]) => {
    const [value] = given;
    if (given.length > 0 && value === undefined) return;
    where.push(condition);
    if (value !== undefined) values.push(value);
  };
  if (filter.status !== undefined) add(STATUS_CONDITIONS[filter.status]);
  add("e.environment = ?", filter.environment);
  add("e.event_type = ?", filter.eventType);
  add("d.event_id = (SELECT id FROM events WHERE public_id = ?)", filter.eventId);
  add("d.created_at >= ?", filter.since);
  add("d.created_at < ?", filter.until);
  return { where, values };
}

const STATUS_CONDITIONS: Record<ShownStatus, string> = {
  pending: "d.status = 'pending' AND d.attempts = 0",
  retrying: "d.status = 'pending' AND d.attempts > 0",
  success: "d.status = 'success'",
  failed: "d.status = 'failed'",
  cancelled: "d.status = 'cancelled'",
};

function shown(row: Row, owner: Owner): ShownDelivery {
  return {
    ...shownRow(row, owner),
    status: row.status === "pending" && row.attempts > 0 ? "retrying" : row.status,
    attempts: row.attempts,
    lastAttemptAt: iso(row.lastAttemptAt),
    createdAt: iso(row.createdAt),
    responseStatus: row.responseStatus,
    responseBody: row.responseBody,
    eventId: row.eventId,
    nextAttemptAt: iso(row.dueAt),
    replayOf: row.replayOf,
  };
}

type AttemptRow = Omit<ShownAttempt, "at" | "requestHeaders" | "responseHeaders"> & {
  at: number;
  requestHeaders: string;
  responseHeaders: string | null;
};

function shownAttempt(
  { at, requestHeaders, responseHeaders, ...rest }: AttemptRow,
  { publicId, eventId, eventType }: Row,
): ShownAttempt {
  const told = toldHeaders({ deliveryId: publicId, eventId, eventType }, { attempt: rest.attempt, at });
  return {
    ...rest,
    at: new Date(at).toISOString(),
    requestHeaders: { ...told, ...JSON.parse(requestHeaders) },
    responseHeaders: responseHeaders === null ? null : JSON.parse(responseHeaders),
  };
}
