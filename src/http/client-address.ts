import { isIP } from "node:net";
import type { Config } from "../config.ts";
import { inNetworks } from "../networks.ts";

/** What tells where a request came from. */
export interface Arrival {
  request: Request;
  /** null where a request is handled without a socket. */
  server: { requestIP(request: Request): { address: string } | null } | null;
}

/** Says whose call a request is, for the limits on strangers. */
export type ClientAddress = (arrival: Arrival) => string;

/** Stands for a peer that has no address, such as a Unix socket's. */
const LOCAL = "local";

/** The peer's address; behind proxies of TRUST_PROXY, what the outermost of them saw. */
export function openClientAddress({ config }: { config: Pick<Config, "trustProxy"> }): ClientAddress {
  const isTrusted = (address: string) => inNetworks(address, config.trustProxy);
  return ({ request, server }) => {
    let address = server?.requestIP(request)?.address ?? LOCAL;
    const forwarded = request.headers.get("x-forwarded-for")?.split(",").reverse() ?? [];
    for (const hop of forwarded) {
      if (!isTrusted(address)) break; // whatever stands further left, a stranger wrote
      const seen = withoutPort(hop.trim());
      if (isIP(seen) === 0) break;
      address = seen;
    }
    return address;
  };
}

/** Some proxies write `192.0.2.7:4711` or `[2001:db8::7]:4711`. */
function withoutPort(hop: string): string {
  const [, v6, v4] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/.exec(hop) ?? [];
  return v6 ?? v4 ?? hop;
}
