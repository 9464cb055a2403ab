import { and, asc, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Config } from "../config.ts";
import type { GroupCommit } from "../database/commit.ts";
import type { Store } from "../database/open.ts";
import { auctionIds } from "../database/schema.ts";
import { Problem } from "../problems.ts";
import type { Seams } from "../seams.ts";
import type { Aftermath } from "./aftermath.ts";
import { type Actor, openChanges } from "./changes.ts";
import { commitOrProblem } from "./commit-or-problem.ts";
import { validInput } from "./valid-input.ts";

/** Auction ids one customer may have. */
export const MAX_AUCTION_IDS = 1000;

/** Where the operator assigns the ids: what gives a customer the events that name no auction. */
export const EVENTS_WITHOUT_AUCTION = "*";

const AUCTION_ID = /^(?:[A-Za-z0-9_.:-]{1,100}|\*)$/;

/** A list of auction ids as a customer or the operator gives it. */
export const auctionIdsSchema = z
  .array(z.string().regex(AUCTION_ID, "must be 1 to 100 letters, digits and _ . : -, or a single *"))
  .max(MAX_AUCTION_IDS);

/** The auctions whose events a customer gets. */
export interface AuctionIds {
  /** In the order they were given. */
  of(customerId: number): string[];
  /** By the customer itself. @throws Problem operator_assigns_auction_ids when it may only remove and adds. */
  replace(customerId: number, ids: readonly string[]): Promise<string[]>;
  /** By the operator. @throws Problem invalid_input */
  assign(customerId: number, ids: readonly string[]): Promise<string[]>;
}

/** Opens the customers' auction ids. */
export function openAuctionIds(parts: {
  store: Store;
  commits: GroupCommit;
  seams: Seams;
  config: Pick<Config, "auctionIds">;
  aftermath: Aftermath;
}): AuctionIds {
  const { store, commits, seams, config, aftermath } = parts;
  const changes = openChanges({ store });

  function idsOf(customerId: number): string[] {
    const rows = store.drizzle
      .select({ auctionId: auctionIds.auctionId })
      .from(auctionIds)
      .where(eq(auctionIds.customerId, customerId))
      .orderBy(asc(auctionIds.position))
      .all();
    return rows.map(({ auctionId }) => auctionId);
  }

  async function set(customerId: number, given: readonly string[], actor: Actor): Promise<string[]> {
    const after = [...new Set(given)];
    const at = seams.clock.now();
    await commitOrProblem(commits, () => {
      const before = idsOf(customerId);
      if (actor === "customer" && config.auctionIds === "operator" && !isSubset(after, before)) {
        return new Problem("operator_assigns_auction_ids");
      }
      write(customerId, { before, after, at });
      changes.record({ customerId, at, actor, subject: "auction-ids", subjectKey: "", before, after });
      aftermath.changed(customerId);
    });
    aftermath.committed(customerId);
    return after;
  }

  /** An id that stays keeps the instant it was assigned at: from then on its events are this customer's to see. */
  function write(
    customerId: number,
    { before, after, at }: { before: string[]; after: string[]; at: number },
  ) {
    for (const auctionId of new Set(before).difference(new Set(after))) {
      store.drizzle
        .delete(auctionIds)
        .where(and(eq(auctionIds.customerId, customerId), eq(auctionIds.auctionId, auctionId)))
        .run();
    }
    if (after.length === 0) return;
    store.drizzle
      .insert(auctionIds)
      .values(after.map((auctionId, position) => ({ customerId, auctionId, assignedAt: at, position })))
      .onConflictDoUpdate({
        target: [auctionIds.customerId, auctionIds.auctionId],
        set: { position: sql`excluded.position` },
      })
      .run();
  }

  return {
    of: idsOf,
    replace: (customerId, ids) => set(customerId, ids, "customer"),
    assign: async (customerId, ids) =>
      set(customerId, validInput(auctionIdsSchema, ids, "auctionIds"), "operator"),
  };
}

const isSubset = (ids: string[], of: string[]) => new Set(ids).isSubsetOf(new Set(of));
