import type { Seams } from "../../seams.ts";

/**
 * Waits before a callback that was not taken is sent again, ms. Roadster says that it repeats, but neither how often
 * nor when (seed 004); so these are a guess.
 */
export const RETRY_AFTER_MS = [60_000, 300_000, 1_800_000, 7_200_000, 21_600_000, 86_400_000];

/** An endpoint that takes nothing for this long is switched off, ms: "multiple days" (seed 004). */
const DISABLED_AFTER_MS = 3 * 86_400_000;

/** Until an answer counts as none, ms. */
const ANSWER_WITHIN_MS = 10_000;

/** The ids that an endpoint may answer with; all else in an answer is ignored. */
const ID_NAMES = ["customer_id", "lead_id", "agent_id", "dealer_id"];

type Json = Record<string, unknown>;

/** An event about a customer, as it is sent. */
export interface CallbackEvent extends Json {
  event_type: string;
  event_id: string;
  customer: { id: number } & Json;
}

/** What one sending came to. */
export interface Sent {
  status: number;
  contentType: string | null;
  answer: string;
}

/** Roadster's side of the callbacks. */
export interface Callbacks {
  /** Where events go; null: nowhere. */
  url: string | null;
  readonly isDisabled: boolean;
  /** Sends once, as it is or under another key. */
  send(event: CallbackEvent, options?: { key?: string }): Promise<Sent>;
  /** Sends until it is taken, or no more wait is left; how many times. */
  deliver(event: CallbackEvent): Promise<{ isTaken: boolean; attempts: number }>;
  /** What an event on this customer says of the endpoint's own ids; null: it has named none. */
  partnerOf(customerId: number): Json | null;
}

/** Opens the sender of callbacks, which shows the same key that it is asked with. */
export function openCallbacks(parts: {
  apiKey: string;
  seams: Pick<Seams, "clock" | "fetch" | "resolve">;
}): Callbacks {
  const { apiKey, seams } = parts;
  const { clock } = seams;
  const partners = new Map<number, Json>();
  let failingSince: number | null = null;

  async function send(event: CallbackEvent, { key = apiKey }: { key?: string } = {}): Promise<Sent> {
    if (callbacks.url === null) throw new Error("no endpoint was named for callbacks");
    const url = new URL(callbacks.url);
    const [address = url.hostname] = /^[\d.]+$/.test(url.hostname) ? [] : await seams.resolve(url.hostname);
    const late = new AbortController();
    const cancel = clock.setTimer(ANSWER_WITHIN_MS, () => late.abort());
    try {
      const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
      const init = { method: "POST", headers, body: JSON.stringify(event), signal: late.signal };
      const response = await seams.fetch({ url, address }, { ...init, ownConnection: true });
      const contentType = response.headers.get("content-type");
      const sent = { status: response.status, contentType, answer: await response.text() };
      if (isTaken(sent) && contentType === "application/json") learn(event.customer.id, sent.answer);
      return sent;
    } finally {
      cancel();
    }
  }

  /** What is sent from now on names these ids. */
  function learn(customerId: number, answer: string): void {
    const given = JSON.parse(answer) as Json;
    const ids = Object.entries(given).filter(([name]) => ID_NAMES.includes(name));
    if (ids.length > 0) partners.set(customerId, { name: "api.partner", ...Object.fromEntries(ids) });
  }

  function note(taken: boolean): void {
    if (taken) failingSince = null;
    else failingSince ??= clock.now();
  }

  const callbacks: Callbacks = {
    url: null,
    get isDisabled() {
      return failingSince !== null && clock.now() - failingSince >= DISABLED_AFTER_MS;
    },
    send,
    async deliver(event) {
      for (let attempts = 1; ; attempts++) {
        if (callbacks.isDisabled) return { isTaken: false, attempts: attempts - 1 };
        const taken = await send(event).then(isTaken, () => false);
        note(taken);
        const waitMs = RETRY_AFTER_MS[attempts - 1];
        if (taken || waitMs === undefined) return { isTaken: taken, attempts };
        await clock.sleep(waitMs);
      }
    },
    partnerOf: (customerId) => partners.get(customerId) ?? null,
  };
  return callbacks;
}

/** Redirects, too, say that it was not taken. */
const isTaken = ({ status }: Pick<Sent, "status">) => status >= 200 && status <= 299;
