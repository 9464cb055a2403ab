import type { Config } from "../config.ts";
import type { GroupCommit } from "../database/commit.ts";
import type { Store } from "../database/open.ts";
import type { Sealer } from "../sealer.ts";
import type { Seams } from "../seams.ts";
import type { Aftermath } from "./aftermath.ts";
import { openAuctionIds } from "./auction-ids.ts";
import { openOperator } from "./operator.ts";
import { openPasswords } from "./passwords.ts";
import { openPublishers } from "./publishers.ts";
import type { SigningSecrets } from "./signing-secrets.ts";

/** What grants the operator's wishes, in a whole hub and without one. */
export function openOperatorSide(parts: {
  store: Store;
  commits: GroupCommit;
  sealer: Sealer;
  seams: Seams;
  config: Config;
  signingSecrets: SigningSecrets;
  aftermath: Aftermath;
}) {
  const passwords = openPasswords();
  const auctionIds = openAuctionIds(parts);
  const operator = openOperator({ ...parts, passwords, auctionIds });
  return { passwords, auctionIds, operator, publishers: openPublishers(parts) };
}
