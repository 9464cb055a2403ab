import { createHash } from "node:crypto";
import type { Chance } from "./chance.ts";
import { PUBLISH_KEY } from "./world.ts";

/** What the hub said it accepted. */
export interface Accepted {
  eventId: string;
  /** Of the payload's bytes as they were sent. */
  sha256: string;
}

interface Draft {
  id: string;
  payload: string;
  body: string;
}

/** A publisher that sends an event again, under the same id, until it hears that it was accepted. */
export class Publisher {
  readonly accepted = new Map<string, Accepted>();
  /** Ids that were answered with two different events: there must be none. */
  readonly doubled: string[] = [];
  /** How often it was told to come again, and how often not when. */
  refusals = 0;
  unannounced = 0;
  #api: string | null = null;
  #isStopped = false;
  #streams = 0;
  readonly #size: { least: number; most: number };
  readonly #chance: Chance;

  /** `size`: of a payload's padding, in characters. */
  constructor(chance: Chance, size = { least: 10, most: 3000 }) {
    this.#chance = chance;
    this.#size = size;
  }

  /** Where the hub listens now; null: nowhere. */
  aim(api: string | null): void {
    this.#api = api;
  }

  /** Publishes singles and arrays until stopped; resolves when the last one was accepted. @throws when one is refused for good */
  async publishOn(pauseMs = 0): Promise<void> {
    const draft = this.#stream();
    const chance = this.#chance.branch();
    while (!this.#isStopped) {
      const count = chance.happens(0.2) ? chance.between(2, 20) : 1;
      const drafts = Array.from({ length: count }, draft);
      await this.#publish(drafts);
      if (chance.happens(0.05)) await this.#publish(drafts); // as one does who did not hear the answer
      if (pauseMs > 0) await Bun.sleep(pauseMs);
      else if (chance.happens(0.1)) await Bun.sleep(chance.between(1, 20));
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Drafts one after another, the same for the same seed however many streams there are. */
  #stream(): () => Draft {
    const chance = this.#chance.branch();
    const name = ++this.#streams;
    let next = 0;
    return () => {
      const id = `sale-${name}-${++next}`;
      const pad = "ä€𝄞x".repeat(chance.between(this.#size.least, this.#size.most) >> 2);
      const payload = `{"auction-id":"daanw","id":"${id}","big":12345678901234567890.10,"pad":"${pad}"}`;
      return {
        id,
        payload,
        body: `{"eventType":"ae.asset.deal.sold.ams","id":"${id}","payload":${payload}}`,
      };
    };
  }

  async #publish(drafts: Draft[]): Promise<void> {
    const body = drafts.length === 1 ? drafts[0]?.body : `[${drafts.map((each) => each.body).join(",")}]`;
    for (;;) {
      const answer = await this.#send(body ?? "");
      if (answer !== null) {
        for (const [n, { id, payload }] of drafts.entries()) this.#note(id, payload, answer[n] ?? "");
        return;
      }
      await Bun.sleep(10);
    }
  }

  /** The ids of the events, or null when there is no telling whether they were accepted. */
  async #send(body: string): Promise<string[] | null> {
    if (this.#api === null) return null;
    const headers = { authorization: `Bearer ${PUBLISH_KEY}`, "content-type": "application/json" };
    const answer = await fetch(`${this.#api}/events`, { method: "POST", headers, body })
      .then(async (answer) => ({ status: answer.status, headers: answer.headers, text: await answer.text() }))
      .catch(() => null); // killed in the middle
    if (answer === null) return null;
    if (answer.status === 202) {
      const { events } = JSON.parse(answer.text) as { events: { eventId: string }[] };
      return events.map(({ eventId }) => eventId);
    }
    if (answer.status !== 503) throw new Error(`publishing was answered ${answer.status}: ${answer.text}`);
    this.refusals += 1;
    if (!answer.headers.has("retry-after")) this.unannounced += 1;
    return null;
  }

  #note(id: string, payload: string, eventId: string): void {
    const before = this.accepted.get(id);
    if (before !== undefined && before.eventId !== eventId) this.doubled.push(id);
    const sha256 = createHash("sha256").update(payload).digest("hex");
    this.accepted.set(id, { eventId, sha256 });
  }
}
