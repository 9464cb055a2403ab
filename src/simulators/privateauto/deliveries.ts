import { createHash, createHmac } from "node:crypto";
import type { Seams } from "../../seams.ts";

/** Waits before the second, third and fourth attempt, ms (seed 001). */
const RETRY_DELAYS_MS = [60_000, 300_000, 900_000];

/** What a receiver may take, ms. */
const TIMEOUT_MS = 10_000;

/** A webhook as it is sent, again and again the same. */
export interface Webhook {
  event: string;
  eventId: string;
  /** ISO 8601, when the event was. */
  timestamp: string;
  body: string;
}

/** An entry of the upstream's record. */
export interface DeliveryLog {
  id: string;
  event: string;
  status: "delivered" | "failed" | "skipped";
  statusCode: number | null;
  attemptedAt: string;
  payload: Record<string, unknown>;
}

/** Where webhooks go, and what signs them. */
export interface Endpoint {
  /** Null: nowhere, and they are skipped. */
  url: string | null;
  secret: string;
  partnerId: string;
}

/** How one send differs from a right one. */
export interface Wrong {
  secret?: string;
  eventId?: string;
  timestamp?: string;
}

/** Sends webhooks, each until it is taken or four attempts have failed. */
export class Deliveries {
  /** Every webhook so far, in the order of its event. */
  readonly webhooks: Webhook[] = [];
  readonly log: DeliveryLog[] = [];
  readonly endpoint: Endpoint;
  /** True: webhooks are kept back, for a test to send them in an order of its own. */
  isHeld = false;
  readonly #seams: Pick<Seams, "clock" | "fetch">;
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #cancels = new Set<() => void>();
  #emitted = 0;

  constructor(endpoint: Endpoint, seams: Pick<Seams, "clock" | "fetch">) {
    this.endpoint = endpoint;
    this.#seams = seams;
  }

  /** Something has happened. */
  emit(event: string, payload: Record<string, unknown>): Webhook {
    const eventKey = `resume-${++this.#emitted}:${this.endpoint.partnerId}:${event}:0`;
    const eventId = createHash("sha256").update(eventKey).digest("hex");
    const timestamp = new Date(this.#seams.clock.now()).toISOString();
    const webhook = { event, eventId, timestamp, body: JSON.stringify({ ...payload, eventId, eventKey }) };
    this.webhooks.push(webhook);
    if (!this.isHeld) this.#track(this.#attempt(webhook, 0));
    return webhook;
  }

  /** One attempt; the status, 0 without an answer. */
  async send(webhook: Webhook, wrong: Wrong = {}): Promise<number> {
    const { url, secret, partnerId } = this.endpoint;
    if (url === null) return 0;
    const { event, body } = webhook;
    const timestamp = wrong.timestamp ?? webhook.timestamp;
    const signature = createHmac("sha256", wrong.secret ?? secret)
      .update(`${timestamp}.${body}`)
      .digest("hex");
    const late = new AbortController();
    const cancel = this.#seams.clock.setTimer(TIMEOUT_MS, () => late.abort());
    try {
      const target = new URL(url);
      const response = await this.#seams.fetch(
        { url: target, address: target.hostname },
        {
          method: "POST",
          body,
          signal: late.signal,
          headers: {
            "content-type": "application/json",
            "user-agent": "PrivateAuto-Webhooks/1.0",
            "x-pa-event": event,
            "x-pa-timestamp": timestamp,
            "x-pa-signature": `sha256=${signature}`,
            "x-pa-partner": partnerId,
            "x-pa-event-id": wrong.eventId ?? webhook.eventId,
          },
        },
      );
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    } finally {
      cancel();
    }
  }

  /** Resolves when no attempt is under way; retries may wait. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
  }

  async #attempt(webhook: Webhook, failed: number): Promise<void> {
    const statusCode = await this.send(webhook);
    const isTaken = statusCode >= 200 && statusCode < 300;
    this.#write(
      webhook,
      this.endpoint.url === null ? "skipped" : isTaken ? "delivered" : "failed",
      statusCode,
    );
    const delay = RETRY_DELAYS_MS[failed];
    if (isTaken || this.endpoint.url === null || delay === undefined) return;
    const cancel = this.#seams.clock.setTimer(delay, () => {
      this.#cancels.delete(cancel);
      this.#track(this.#attempt(webhook, failed + 1));
    });
    this.#cancels.add(cancel);
  }

  /** One entry for each event, as it stands. */
  #write({ event, eventId, body }: Webhook, status: DeliveryLog["status"], statusCode: number): void {
    const id = eventId.slice(0, 24);
    const attemptedAt = new Date(this.#seams.clock.now()).toISOString();
    const entry: DeliveryLog = {
      id,
      event,
      status,
      statusCode: statusCode || null,
      attemptedAt,
      payload: JSON.parse(body),
    };
    const known = this.log.findIndex((each) => each.id === id);
    if (known >= 0) this.log[known] = entry;
    else this.log.push(entry);
  }

  #track(work: Promise<unknown>): void {
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }
}
