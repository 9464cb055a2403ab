import type { Database } from "bun:sqlite";
import type { GroupCommit } from "../database/commit.ts";
import type { Backlog } from "../delivery/backlog.ts";
import type { Retention } from "../delivery/sweep.ts";
import type { Connectors } from "../intake/connectors.ts";
import type { Log } from "../log.ts";
import type { Seams } from "../seams.ts";
import type { Counts } from "./counts.ts";
import { openMinuteRetention } from "./minute-rows.ts";
import { type OverviewOf, openOverview } from "./overview.ts";
import { Watch } from "./watch.ts";

/** All that shows how things stand. */
export interface OverviewSide {
  overviewOf: OverviewOf;
  watch: Watch;
  retention: Retention;
}

/** Puts the overview's side of the hub together, on counts that are kept already. */
export function openOverviewSide(parts: {
  sqlite: Database;
  commits: GroupCommit;
  seams: Seams;
  counts: Counts;
  backlog: Backlog;
  connectors: Connectors;
  log: Log;
}): OverviewSide {
  const overviewOf = openOverview(parts);
  const watch = new Watch({ ...parts, overviewOf });
  return { overviewOf, watch, retention: openMinuteRetention(parts.sqlite, parts.seams.clock) };
}
