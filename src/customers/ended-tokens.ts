import type { GroupCommit } from "../database/commit.ts";
import type { Store } from "../database/open.ts";
import type { Seams } from "../seams.ts";
import { type Customer, openCustomerRows } from "./customers.ts";

/** So many of one customer are kept; with one more all of its tokens end, which needs no memory of each. */
export const MAX_ENDED_TOKENS = 100;

/** Rows of tokens that have ended by themselves, taken away in one commit. */
const SWEPT = 200;

/** A token that can be ended by itself. */
export interface EndableToken {
  tokenId: string;
  /** When it ends by itself, ms UTC. */
  expiresAt: number;
}

/** Tokens that were ended one by one, by signing out. */
export interface EndedTokens {
  has(tokenId: string): boolean;
  /** Ends one for good, also over a restart. */
  end(customer: Customer, token: EndableToken): Promise<void>;
}

/** Opens the ended tokens. */
export function openEndedTokens(parts: {
  store: Store;
  commits: GroupCommit;
  seams: Pick<Seams, "clock">;
}): EndedTokens {
  const { store, commits, seams } = parts;
  const { sqlite } = store;
  const customers = openCustomerRows(parts);
  const known = sqlite.prepare<object, [string]>("SELECT 1 FROM ended_tokens WHERE token_id = ?");
  const countOf = sqlite.prepare<{ count: number }, [number]>(
    "SELECT count(*) AS count FROM ended_tokens WHERE customer_id = ?",
  );
  const insert = sqlite.prepare(
    "INSERT INTO ended_tokens (token_id, customer_id, expires_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const forgetAllOf = sqlite.prepare("DELETE FROM ended_tokens WHERE customer_id = ?");
  const sweep = sqlite.prepare(
    `DELETE FROM ended_tokens WHERE token_id IN
       (SELECT token_id FROM ended_tokens WHERE expires_at <= ? LIMIT ${SWEPT})`,
  );
  return {
    has: (tokenId) => known.get(tokenId) !== null,
    async end({ id }, { tokenId, expiresAt }) {
      await commits.run(() => {
        const now = seams.clock.now();
        sweep.run(now);
        if ((countOf.get(id)?.count ?? 0) < MAX_ENDED_TOKENS) {
          insert.run(tokenId, id, expiresAt);
        } else {
          customers.endTokens(id, now);
          forgetAllOf.run(id);
        }
      });
    },
  };
}
