import type { UpstreamCommand } from "../command.ts";
import type { Connection, ConnectionParts, Connector } from "../connector.ts";
import { openArchiving } from "./archive.ts";
import { openClient, type Query } from "./client.ts";
import { type LeadRequest, leadPath, openSubmitLead } from "./leads.ts";
import { openReconciliation } from "./reconciliation.ts";
import { openSell, type SellRequest } from "./sell.ts";
import { type LinkFormat, type SellLink, type SellLinkRequest, sellLink } from "./sell-link.ts";
import { baseUrlOf, type PrivateAutoSettings, privateAutoSettings } from "./settings.ts";
import { openSnapshots } from "./snapshots.ts";
import { receiveWebhook } from "./webhooks.ts";

/** A way into PrivateAuto, with its look-ups, its link and its commands. */
export interface PrivateAutoConnection extends Connection {
  commands: Readonly<{ sell: UpstreamCommand<SellRequest>; "submit-lead": UpstreamCommand<LeadRequest> }>;
  /** What `/data` has now, for a person that waits; JSON text as it came. @throws UpstreamError */
  data(path: readonly [resource: string, ...rest: string[]], query: Query): Promise<string>;
  /** A lead by the caller's own reference, the same way. @throws UpstreamError */
  lead(callerReferenceId: string): Promise<string>;
  /** A link for a browser; nothing is asked of the upstream. */
  sellLink(request: SellLinkRequest, format: LinkFormat): SellLink;
}

/** PrivateAuto, private car deals: its webhooks come in, deals and leads go out (UPSTREAMS 3, seed 001). */
export const privateAuto: Connector<PrivateAutoSettings, PrivateAutoConnection> = {
  kind: "privateauto",
  settings: privateAutoSettings,
  secrets: ["sharedSecret", "webhookSecrets"],
  baseUrl: baseUrlOf,
  open: openPrivateAuto,
};

function openPrivateAuto(parts: ConnectionParts<PrivateAutoSettings>): PrivateAutoConnection {
  const { settings, environment, clock } = parts;
  const client = openClient(parts);
  const withClient = { ...parts, client };
  const snapshots = openSnapshots(withClient);
  const errands = { ...snapshots, archive: openArchiving(withClient) };
  return {
    async check(signal) {
      await client.check(signal);
    },
    poll: openReconciliation(withClient),
    receive: (request) => receiveWebhook(request, settings, clock.now()),
    async run(errand, running) {
      const { name } = errand;
      return name in errands ? errands[name as keyof typeof errands](errand, running) : { drafts: [] };
    },
    commands: { sell: openSell(withClient), "submit-lead": openSubmitLead(withClient) },
    data: async (path, query) => (await client.now(client.dataPath(...path), query)).text,
    lead: async (callerReferenceId) => (await client.now(leadPath(parts, callerReferenceId))).text,
    sellLink: (request, format) =>
      sellLink(request, {
        format,
        baseUrl: baseUrlOf(settings, environment),
        signer: settings,
        now: clock.now(),
      }),
  };
}
