import type { Environment } from "../database/schema.ts";

/** What makes two drafts the same event. */
export interface DedupeKey {
  /** `door`: one of the publisher or connector that brings it, its own; `source`: an envelope's, whoever brings it. */
  scope: "door" | "source";
  key: string;
}

/** An event that is not yet admitted. */
export interface Draft {
  eventType: string;
  environment: Environment;
  /** The JSON text of an object, verbatim as it came: webhooks send exactly this. */
  payload: string;
  /** The auctions it names, each once; empty: it names none. */
  auctionIds: string[];
  /** Null: never taken for a duplicate. */
  dedupe: DedupeKey | null;
}
