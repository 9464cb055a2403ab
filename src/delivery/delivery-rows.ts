import type { Environment } from "../database/schema.ts";

/** The caller: its internal id and the one it knows itself by. */
export interface Owner {
  id: number;
  publicId: string;
}

/** What the lists of deliveries and of dead letters both read. */
export interface DeliveryRow {
  id: number;
  publicId: string;
  eventType: string;
  environment: Environment;
  webhookUrl: string;
  payload: string;
  attempts: number;
  createdAt: number;
}

/** The columns of a `DeliveryRow`; the webhook URL is the one last tried, else the one that will be. */
export const DELIVERY_COLUMNS = `d.id, d.public_id AS publicId, e.event_type AS eventType, e.environment,
  coalesce(a.webhook_url, s.webhook_url) AS webhookUrl, e.payload, d.attempts, d.created_at AS createdAt`;

/** A delivery's event, subscription and last attempt. */
export const DELIVERY_JOINS = `JOIN events e ON e.id = d.event_id JOIN subscriptions s ON s.id = d.subscription_id
  LEFT JOIN attempts a ON a.delivery_id = d.id AND a.attempt = d.attempts`;

/** What both lists begin with. */
export interface ShownRow {
  deliveryId: string;
  customerId: string;
  eventType: string;
  environment: Environment;
  webhookUrl: string;
  payload: string;
}

/** The beginning of a row as its customer sees it; in seed 000 the two lists go on in different orders. */
export function shownRow(row: DeliveryRow, owner: Owner): ShownRow {
  return {
    deliveryId: row.publicId,
    customerId: owner.publicId,
    eventType: row.eventType,
    environment: row.environment,
    webhookUrl: row.webhookUrl,
    payload: row.payload,
  };
}

/** An instant as the API speaks it; null stays null. */
export function iso(instant: number): string;
export function iso(instant: number | null): string | null;
export function iso(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}
