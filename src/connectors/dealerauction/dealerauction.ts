import type { Connection, Connector } from "../connector.ts";
import { openClient } from "./client.ts";
import { openScan } from "./scan.ts";
import { baseUrlOf, type DealerAuctionSettings, dealerAuctionSettings } from "./settings.ts";

/** DealerAuction, the British auction for dealers: stock and listings are polled (UPSTREAMS 1, seed 002). */
export const dealerAuction: Connector<DealerAuctionSettings, Connection> = {
  kind: "dealerauction",
  settings: dealerAuctionSettings,
  secrets: ["password"],
  baseUrl: baseUrlOf,
  open(parts) {
    const client = openClient(parts);
    return { check: client.check, poll: openScan({ ...parts, client }) };
  },
};
