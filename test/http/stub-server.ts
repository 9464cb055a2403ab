import { openCatalog } from "../../src/catalog/catalog.ts";
import { readConfig } from "../../src/config.ts";
import { openServer, type Server, type ServerParts } from "../../src/http/server.ts";

/** A part that nothing may be asked of. */
const absent = new Proxy(
  {},
  {
    get: (_, name) => () => {
      throw new Error(`SELECT secret FROM vault: nothing stands behind ${String(name)}`);
    },
  },
);

/** The whole server in front of parts that are not there, save those given. */
export function openStubServer(given: Partial<ServerParts> = {}): Server {
  const parts = {
    log: { error() {} },
    catalog: openCatalog(),
    accounts: absent,
    auctionIds: absent,
    subscriptions: absent,
    signingSecrets: absent,
    deliveryList: absent,
    deadLetters: absent,
    publish: absent,
    connectors: absent,
    commands: absent,
    documents: absent,
    receiver: absent,
    credentials: absent,
    clientAddress: () => "192.0.2.1",
    cameByHttps: () => false,
    config: readConfig({}),
    ...given,
  };
  return openServer(parts as unknown as ServerParts);
}

/** A hub's address as a request without a socket has it. */
export const ORIGIN = "http://localhost";
