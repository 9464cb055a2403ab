import type { Config } from "../config.ts";
import { inNetworks } from "../networks.ts";
import type { Arrival } from "./client-address.ts";

/** Says whether a browser reached the hub by https. */
export type CameByHttps = (arrival: Arrival) => boolean;

/** By `X-Forwarded-Proto` of a proxy of TRUST_PROXY: the hub itself speaks http only. */
export function openCameByHttps({ config }: { config: Pick<Config, "trustProxy"> }): CameByHttps {
  return ({ request, server }) => {
    const peer = server?.requestIP(request)?.address;
    if (peer === undefined || !inNetworks(peer, config.trustProxy)) return false;
    return request.headers.get("x-forwarded-proto")?.split(",", 1)[0]?.trim().toLowerCase() === "https";
  };
}
