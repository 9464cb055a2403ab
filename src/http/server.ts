import { Elysia } from "elysia";
import type { Catalog } from "../catalog/catalog.ts";
import type { Commands } from "../commands/commands.ts";
import type { Config } from "../config.ts";
import type { Accounts } from "../customers/accounts.ts";
import type { AuctionIds } from "../customers/auction-ids.ts";
import type { SigningSecrets } from "../customers/signing-secrets.ts";
import type { Subscriptions } from "../customers/subscriptions.ts";
import type { DeadLetterGroups } from "../delivery/dead-letter-groups.ts";
import type { DeadLetters } from "../delivery/dead-letters.ts";
import type { DeliveryList } from "../delivery/delivery-list.ts";
import type { SendTestEvent } from "../delivery/test-events.ts";
import type { DocumentArchive } from "../documents/archive.ts";
import type { Connectors } from "../intake/connectors.ts";
import type { Publish } from "../intake/publish.ts";
import type { Receiver } from "../intake/receiver.ts";
import { describeError, type Log } from "../log.ts";
import type { OverviewOf } from "../overview/overview.ts";
import type { Watch } from "../overview/watch.ts";
import { Problem } from "../problems.ts";
import type { Explain } from "../routing/explain.ts";
import type { Recoveries } from "../routing/recoveries.ts";
import type { Clock } from "../seams.ts";
import { authRoutes } from "./auth-routes.ts";
import type { CameByHttps } from "./came-by-https.ts";
import { catalogRoutes } from "./catalog-routes.ts";
import type { ClientAddress } from "./client-address.ts";
import { commandRoutes } from "./command-routes.ts";
import { connectorRoutes } from "./connector-routes.ts";
import { consoleRoutes } from "./console-routes.ts";
import type { Credentials } from "./credentials.ts";
import { customerRoutes } from "./customer-routes.ts";
import { deadLetterRoutes } from "./dead-letter-routes.ts";
import { dealerAuctionRoutes } from "./dealerauction-routes.ts";
import { deliveryRoutes } from "./delivery-routes.ts";
import { docsRoutes } from "./docs-routes.ts";
import { documentRoutes } from "./document-routes.ts";
import { eventRoutes } from "./event-routes.ts";
import { healthRoutes } from "./health-routes.ts";
import { inboundRoutes } from "./inbound-routes.ts";
import { manheimRoutes } from "./manheim-routes.ts";
import { overviewRoutes } from "./overview-routes.ts";
import { privateAutoDataRoutes } from "./privateauto-data-routes.ts";
import { privateAutoRoutes } from "./privateauto-routes.ts";
import { problemAnswers, problemResponse } from "./problem-answers.ts";
import { readableOnly } from "./readable-url.ts";
import { recoveryRoutes } from "./recovery-routes.ts";
import { roadsterCustomerRoutes } from "./roadster-customer-routes.ts";
import { roadsterDocumentRoutes } from "./roadster-document-routes.ts";
import { roadsterRoutes } from "./roadster-routes.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";
import { sessionRoutes } from "./session-routes.ts";
import { signingSecretRoutes } from "./signing-secret-routes.ts";
import { storedEventRoutes } from "./stored-event-routes.ts";
import { streamRoutes } from "./stream-routes.ts";
import { subscriptionRoutes } from "./subscription-routes.ts";
import { testEventRoutes } from "./test-event-routes.ts";

/** What the API is served from. */
export interface ServerParts {
  log: Pick<Log, "error">;
  catalog: Catalog;
  accounts: Accounts;
  auctionIds: AuctionIds;
  subscriptions: Subscriptions;
  signingSecrets: SigningSecrets;
  recoveries: Recoveries;
  explain: Explain;
  sendTestEvent: SendTestEvent;
  deliveryList: DeliveryList;
  deadLetters: DeadLetters;
  deadLetterGroups: DeadLetterGroups;
  publish: Publish;
  connectors: Connectors;
  commands: Commands;
  documents: DocumentArchive;
  receiver: Receiver;
  overviewOf: OverviewOf;
  watch: Watch;
  clock: Clock;
  credentials: Credentials;
  clientAddress: ClientAddress;
  cameByHttps: CameByHttps;
  config: Pick<Config, "publicUrl" | "signup" | "auctionIds" | "deliveryTimeoutMs">;
}

/** The hub's HTTP side. */
export interface Server {
  /** Rejects where the address is in use. */
  listen(host: string, port: number): Promise<{ port: number }>;
  /** Stops listening, and lets requests under way end. */
  stop(): Promise<void>;
  /** Answers a request without a socket. */
  handle(request: Request): Promise<Response>;
}

/** The type of the API, for clients that infer theirs from it. */
export type Api = ReturnType<typeof apiRoutes>;

/** Bun answers a longer body by itself, without a word; ours are refused with a problem long before. */
const MAX_REQUEST_BODY_SIZE = 64 * 1024 * 1024;

/**
 * A connection that is silent for this long is closed. Bun counts a body's arrival as silence (measured), so
 * this is also how long the slowest link may take for one, and what ends a body that drips in for ever.
 */
const IDLE_TIMEOUT_SECONDS = 60;

/** How long requests under way may take to end, in ms; the container's stop grace is longer. */
const STOP_WITHIN_MS = 5000;

/** Composes every resource; nothing listens yet. */
export function openServer(parts: ServerParts): Server {
  const app = new Elysia(SHORT_HOST_NAMES)
    .use(problemAnswers(parts.log))
    .use(apiRoutes(parts))
    .use(consoleRoutes());
  app.use(docsRoutes(app));
  const answer = readableOnly(app.fetch);
  let server: Bun.Server<undefined> | undefined;
  return {
    async listen(hostname, port) {
      server = Bun.serve({
        hostname,
        port,
        fetch: answer,
        error: (error) => unforeseen(parts.log, error),
        maxRequestBodySize: MAX_REQUEST_BODY_SIZE,
        idleTimeout: IDLE_TIMEOUT_SECONDS,
        development: false, // its error page shows source and stack
        reusePort: false, // outside development Bun would share a port with whoever listens on it already
      });
      app.server = server; // where routes look for the caller's address
      return { port: server.port ?? port };
    },
    stop: async () => {
      if (server) await stopWithin(server, STOP_WITHIN_MS);
    },
    handle: async (request) => answer(request),
  };
}

/** Else Elysia looks for the path where it begins after a host name of four letters, and finds nothing at `http://hub/`. */
const SHORT_HOST_NAMES = { handler: { standardHostname: false } };

/**
 * Everything under /api. Publishing comes before the hook that adds headers, because hooks do not reach
 * back and this one costs a quarter of a bare request (measured); its answers bring the headers along themselves.
 */
function apiRoutes(parts: ServerParts) {
  return new Elysia({ prefix: "/api" })
    .use(eventRoutes(parts))
    .onTransform(({ set }) => {
      Object.assign(set.headers, SECURITY_HEADERS);
    })
    .use(authRoutes(parts))
    .use(sessionRoutes(parts))
    .use(customerRoutes(parts))
    .use(overviewRoutes(parts))
    .use(streamRoutes(parts))
    .use(storedEventRoutes(parts))
    .use(subscriptionRoutes(parts))
    .use(testEventRoutes(parts))
    .use(recoveryRoutes(parts))
    .use(deliveryRoutes(parts))
    .use(deadLetterRoutes(parts))
    .use(signingSecretRoutes(parts))
    .use(connectorRoutes(parts))
    .use(dealerAuctionRoutes(parts))
    .use(privateAutoRoutes(parts))
    .use(privateAutoDataRoutes(parts))
    .use(roadsterRoutes(parts))
    .use(roadsterCustomerRoutes(parts))
    .use(roadsterDocumentRoutes(parts))
    .use(commandRoutes(parts))
    .use(manheimRoutes(parts))
    .use(documentRoutes(parts))
    .use(inboundRoutes(parts))
    .use(catalogRoutes(parts))
    .use(healthRoutes());
}

/** Stands behind Elysia: what reaches it is a bug in the way a request is answered. */
function unforeseen(log: Pick<Log, "error">, error: unknown): Response {
  log.error("http.failed", describeError(error));
  return problemResponse(new Problem("internal_error"));
}

async function stopWithin(server: Bun.Server<undefined>, ms: number): Promise<void> {
  const bound = AbortSignal.timeout(ms);
  const late = new Promise((resolve) => bound.addEventListener("abort", resolve, { once: true }));
  await Promise.race([server.stop(), late]);
  if (bound.aborted) await server.stop(true);
}
