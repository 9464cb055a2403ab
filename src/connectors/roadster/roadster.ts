import type { UpstreamCommand } from "../command.ts";
import type { Connection, Connector } from "../connector.ts";
import { UpstreamError } from "../upstream-error.ts";
import { receiveCallback } from "./callbacks.ts";
import {
  type Ask,
  DOCUMENT_PATIENCE_MS,
  documentOperations,
  type Found,
  openClient,
  PATIENCE_MS,
} from "./client.ts";
import { openWriting } from "./commands.ts";
import { openInventory } from "./inventory.ts";
import { baseUrlOf, type RoadsterSettings, roadsterSettings } from "./settings.ts";
import { type LinkRequest, storefrontLink } from "./storefront-link.ts";
import { type CommandName, type WriteRequest, writings } from "./writings.ts";

/** A way into Roadster, with its look-ups and its commands. */
export interface RoadsterConnection extends Connection {
  commands: Readonly<Record<CommandName, UpstreamCommand<WriteRequest>>>;
  /** The same with a document, which is not kept with the command. */
  commandWith(name: CommandName, document: string): UpstreamCommand<WriteRequest>;
  /** What the upstream answers now, for a person that waits. @throws UpstreamError */
  ask(ask: Ask): Promise<Found>;
  /** Null: no cipher key is set. */
  storefrontLink(request: LinkRequest): string | null;
}

/** Roadster, the storefront for car dealers: it calls back, and its inventory is polled (UPSTREAMS 4, seed 004). */
export const roadster: Connector<RoadsterSettings, RoadsterConnection> = {
  kind: "roadster",
  settings: roadsterSettings,
  secrets: ["apiKey", "cipherKey"],
  scheduleSetting: "inventorySchedule",
  baseUrl: baseUrlOf,
  open(parts) {
    const { settings } = parts;
    const client = openClient(parts);
    const commandNames = Object.keys(writings) as CommandName[];
    const commands = commandNames.map((name) => [name, openWriting(writings[name], parts, client)]);
    return {
      async check(signal) {
        await client.once({ operation: "dealers" }, { signal, isUrgent: true }).catch((error: unknown) => {
          const isMissing = error instanceof UpstreamError && error.status === 404;
          throw isMissing ? new UpstreamError("not_a_service", error.message) : error;
        });
      },
      poll: openInventory({ ...parts, client }),
      receive: (request, memory) => receiveCallback(settings, request, memory),
      commands: Object.fromEntries(commands),
      commandWith: (name, document) => openWriting(writings[name], parts, client, document),
      ask(ask) {
        const { signal } = new AbortController();
        const timeoutMs = documentOperations.includes(ask.operation) ? DOCUMENT_PATIENCE_MS : PATIENCE_MS;
        return client.once(ask, { signal, timeoutMs, isUrgent: true });
      },
      storefrontLink(request) {
        const { cipherKey } = settings;
        if (cipherKey === undefined) return null;
        return storefrontLink(request, { ...settings, cipherKey }, parts.randomBytes);
      },
    };
  },
};
