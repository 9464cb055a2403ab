import { Badge, EnvironmentTag, type Tone } from "../parts/badge.tsx";
import { Time } from "../parts/time.tsx";
import { addressOf } from "../shell/router.ts";
import { type Subscription, useAllSubscriptions } from "../subscriptions/subscriptions.ts";
import type { Overview } from "./overview.ts";

/** What needs a person, and what comes next by itself. */
export function Attention({ overview }: { overview: Overview }) {
  return (
    <div className="columns">
      <FailingSubscriptions isAny={overview.failingSubscriptions > 0} />
      <Connectors connectors={overview.connectors} />
    </div>
  );
}

function FailingSubscriptions({ isAny }: { isAny: boolean }) {
  const all = useAllSubscriptions();
  const failing = (all.data ?? []).filter(
    ({ health, status }) => health === "failing" && status === "active",
  );
  return (
    <section className="card">
      <header>
        <h2>Failing subscriptions</h2>
      </header>
      {failing.length === 0 ? (
        <p className="card-body muted">
          {isAny ? "Reading…" : "None: every receiver took what it was last sent."}
        </p>
      ) : (
        <ul className="rows">
          {failing.map((subscription) => (
            <FailingItem key={subscription.sk} subscription={subscription} />
          ))}
        </ul>
      )}
    </section>
  );
}

function FailingItem({ subscription }: { subscription: Subscription }) {
  const { environment, eventType, failingSince, consecutiveFailures } = subscription;
  return (
    <li>
      <a className="mono grow" href={addressOf("deliveries", null, { environment, status: "failed" })}>
        {eventType}
      </a>
      <EnvironmentTag environment={environment} />
      <span className="muted">
        {consecutiveFailures} in a row, since {failingSince !== null && <Time at={failingSince} />}
      </span>
    </li>
  );
}

const TONES: Record<string, Tone> = { active: "good", failing: "bad", paused: "quiet" };

function Connectors({ connectors }: { connectors: Overview["connectors"] }) {
  return (
    <section className="card">
      <header>
        <h2>Connectors</h2>
      </header>
      {connectors.length === 0 ? (
        <p className="card-body muted">
          None. A connector brings events from an auction's own system:{" "}
          <a href={addressOf("connectors")}>add one</a>.
        </p>
      ) : (
        <ul className="rows">
          {connectors.map((connector) => (
            <ConnectorItem key={connector.name} connector={connector} />
          ))}
        </ul>
      )}
    </section>
  );
}

function ConnectorItem({ connector }: { connector: Overview["connectors"][number] }) {
  const { name, kind, status, nextRunAt, lastError } = connector;
  return (
    <li>
      <a className="grow" href={addressOf("connectors", name)}>
        {name}
      </a>
      <span className="muted">{kind}</span>
      <Badge tone={TONES[status] ?? "quiet"}>{status}</Badge>
      <span className="muted" title={lastError?.message}>
        {nextRunAt === null ? (
          "no next run"
        ) : (
          <>
            next <Time at={nextRunAt} />
          </>
        )}
      </span>
    </li>
  );
}
