import type { Connection, ConnectionParts, Connector } from "../connector.ts";
import { UpstreamError } from "../upstream-error.ts";
import { openClient } from "./client.ts";
import { type LookUps, openLookUps } from "./look-ups.ts";
import { receiveMessage } from "./messages.ts";
import { scan } from "./scan.ts";
import { BASE_URLS, type ManheimSettings, manheimSettings } from "./settings.ts";

/** A customer's way into Manheim: its consignments polled, pushed and looked up. */
export interface ManheimConnection extends Connection, LookUps {}

/** Manheim's consignments (seed 003; UPSTREAMS 2). */
export const manheim: Connector<ManheimSettings, ManheimConnection> = {
  kind: "manheim",
  settings: manheimSettings,
  secrets: ["secret", "password", "callbackHeader"],
  baseUrl: baseUrlOf,
  open,
};

function baseUrlOf({ baseUrl }: ManheimSettings, environment: "sandbox" | "production"): string {
  return baseUrl ?? BASE_URLS[environment];
}

function open(given: ConnectionParts<ManheimSettings>): ManheimConnection {
  const client = openClient(given);
  const baseUrl = baseUrlOf(given.settings, given.environment).replace(/\/$/, "");
  const parts = { ...given, client, baseUrl };
  return {
    ...openLookUps(parts),
    async check(signal) {
      const { found } = await client.read("/consignments/mine?limit=1", { signal, isUrgent: true });
      if (found === null) throw new UpstreamError("not_a_service", "there is no list of consignments");
    },
    poll: (memory, signal) => scan(parts, memory, signal),
    receive: (request, memory) => receiveMessage(given, request, memory),
  };
}
