import type { UpstreamCommand } from "../command.ts";
import type { Connection, Connector } from "../connector.ts";
import { type Client, openClient } from "./client.ts";
import { openMarking } from "./marking.ts";
import { type MarkRequest, markAsNotSold, markAsProvisional, markAsSold } from "./marks.ts";
import { openScan } from "./scan.ts";
import { baseUrlOf, type DealerAuctionSettings, dealerAuctionSettings } from "./settings.ts";

/** The ways to mark a listing. */
export const markNames = ["mark-as-sold", "mark-as-not-sold", "mark-as-provisional"] as const;
export type MarkName = (typeof markNames)[number];

/** A way into DealerAuction, with its look-up and its commands. */
export interface DealerAuctionConnection extends Connection {
  commands: Readonly<Record<MarkName, UpstreamCommand<MarkRequest>>>;
  /** A listing as the upstream shows it now, for a person that waits. */
  listing: Client["listingNow"];
}

/** DealerAuction, the British auction for dealers: stock and listings are polled (UPSTREAMS 1, seed 002). */
export const dealerAuction: Connector<DealerAuctionSettings, DealerAuctionConnection> = {
  kind: "dealerauction",
  settings: dealerAuctionSettings,
  secrets: ["password"],
  baseUrl: baseUrlOf,
  open(parts) {
    const client = openClient(parts);
    const { markAsProvisionalPath } = parts.settings;
    return {
      check: client.check,
      poll: openScan({ ...parts, client }),
      listing: client.listingNow,
      commands: {
        "mark-as-sold": openMarking(markAsSold, parts, client),
        "mark-as-not-sold": openMarking(markAsNotSold, parts, client),
        "mark-as-provisional": openMarking(markAsProvisional(markAsProvisionalPath), parts, client),
      },
    };
  },
};
