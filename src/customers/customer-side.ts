import type { Catalog } from "../catalog/catalog.ts";
import type { Config } from "../config.ts";
import type { GroupCommit } from "../database/commit.ts";
import type { Store } from "../database/open.ts";
import type { Sealer } from "../sealer.ts";
import type { Seams } from "../seams.ts";
import { openAccounts } from "./accounts.ts";
import type { Aftermath } from "./aftermath.ts";
import type { HealthRecord } from "./health.ts";
import { openLimits } from "./limits.ts";
import { openOperatorSide } from "./operator-side.ts";
import type { SigningSecrets } from "./signing-secrets.ts";
import { type CheckTarget, openSubscriptions } from "./subscriptions.ts";

/** Puts together who customers and publishers are, and what customers want to hear of. */
export function openCustomerSide(parts: {
  store: Store;
  commits: GroupCommit;
  sealer: Sealer;
  seams: Seams;
  config: Config;
  catalog: Catalog;
  signingSecrets: SigningSecrets;
  health: HealthRecord;
  checkTarget: CheckTarget;
  aftermath: Aftermath;
}) {
  const { seams, config } = parts;
  const { passwords, ...operatorSide } = openOperatorSide(parts);
  const { auctionIds } = operatorSide;
  const limits = openLimits({ clock: seams.clock, config });
  const accounts = openAccounts({ ...parts, passwords, limits, auctionIds });
  const subscriptions = openSubscriptions({ ...parts, auctionIds });
  return { ...operatorSide, limits, accounts, subscriptions };
}
