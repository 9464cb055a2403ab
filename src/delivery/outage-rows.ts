import type { Database } from "bun:sqlite";

/** What a subscription with automatic recovery has to bring back, and how far it is. */
export interface Outage {
  subscriptionId: number;
  phase: "probing" | "draining";
  /** Before the next probe. */
  waitMs: number;
  /** How many the last step of the draining has replayed. */
  step: number;
  /** The delivery that is the last probe. */
  probeId: number | null;
  /** The last probe's event: the next one takes a later event where there is one. */
  probedEventId: number;
}

/** A delivery that has become a dead letter, and how its subscription recovers. */
export interface Burial {
  subscriptionId: number;
  customerId: number;
  eventId: number;
  createdAt: number;
  replayOf: string | null;
  recovery: "manual" | "automatic";
}

/** A step waits while its subscription is paused or its customer disabled. */
const ACTIVE = `FROM outages o JOIN subscriptions s ON s.id = o.subscription_id AND s.status = 'active'
  JOIN customers c ON c.id = o.customer_id AND c.status = 'active' WHERE o.next_at IS NOT NULL`;

/** Prepares the statements on outages and their dead letters; what writes is called inside a commit. */
export function openOutageRows(sqlite: Database) {
  return {
    one: sqlite.prepare<Outage, [number]>(
      `SELECT subscription_id AS subscriptionId, phase, wait_ms AS waitMs, step, probe_id AS probeId,
         probed_event_id AS probedEventId FROM outages WHERE subscription_id = ?`,
    ),
    nextAt: sqlite.prepare<{ at: number | null }, []>(`SELECT min(o.next_at) AS at ${ACTIVE}`),
    due: sqlite.prepare<{ subscriptionId: number }, [number]>(
      `SELECT o.subscription_id AS subscriptionId ${ACTIVE} AND o.next_at <= ? ORDER BY o.next_at`,
    ),
    probes: sqlite.prepare<{ probeId: number }, []>(
      "SELECT probe_id AS probeId FROM outages WHERE probe_id IS NOT NULL",
    ),
    burial: sqlite.prepare<Burial, [number]>(
      `SELECT d.subscription_id AS subscriptionId, d.customer_id AS customerId, d.event_id AS eventId,
         d.created_at AS createdAt, d.replay_of AS replayOf, s.recovery
       FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id WHERE d.id = ?`,
    ),
    open: sqlite.prepare(
      `INSERT INTO outages (subscription_id, customer_id, began_at, phase, next_at, wait_ms)
       VALUES (?, ?, ?, 'probing', ?, ?)`,
    ),
    setProbe: sqlite.prepare(
      "UPDATE outages SET probe_id = ?, probed_event_id = ?, next_at = NULL WHERE subscription_id = ?",
    ),
    probing: sqlite.prepare(
      `UPDATE outages SET phase = 'probing', wait_ms = ?, next_at = ?, step = 0, probe_id = NULL
       WHERE subscription_id = ?`,
    ),
    draining: sqlite.prepare(
      "UPDATE outages SET phase = 'draining', next_at = ?, step = 0, probe_id = NULL WHERE probe_id = ?",
    ),
    setStep: sqlite.prepare("UPDATE outages SET step = ?, next_at = ? WHERE subscription_id = ?"),
    hasten: sqlite.prepare("UPDATE outages SET next_at = ? WHERE next_at > ?"),
    remove: sqlite.prepare("DELETE FROM outages WHERE subscription_id = ?"), // its letters go with it
    addLetter: sqlite.prepare(
      "INSERT INTO outage_letters (subscription_id, event_id, delivery_id) VALUES (?, ?, ?)",
    ),
    letters: sqlite.prepare<{ eventId: number; deliveryId: number }, [number, number, number]>(
      `SELECT event_id AS eventId, delivery_id AS deliveryId FROM outage_letters
       WHERE subscription_id = ? AND event_id > ? ORDER BY event_id, delivery_id LIMIT ?`,
    ),
    removeLetter: sqlite.prepare(
      "DELETE FROM outage_letters WHERE subscription_id = ? AND event_id = ? AND delivery_id = ?",
    ),
    hasLetters: sqlite.prepare<{ found: 1 }, [number]>(
      "SELECT 1 AS found FROM outage_letters WHERE subscription_id = ? LIMIT 1",
    ),
    pending: sqlite.prepare<{ count: number }, [number, number]>(
      `SELECT count(*) AS count FROM (SELECT 1 FROM deliveries
       WHERE subscription_id = ? AND status = 'pending' LIMIT ?)`,
    ),
  };
}
