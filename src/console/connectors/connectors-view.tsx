import { Badge, EnvironmentTag, type Tone } from "../parts/badge.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Empty, Reading } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { addressOf, goTo, useFilters, usePlace } from "../shell/router.ts";
import { ConnectorCard } from "./connector-card.tsx";
import { ConnectorForm } from "./connector-form.tsx";
import { type Connector, useConnectors } from "./connectors.ts";
import { kindOf } from "./kinds.ts";

/** The ways into other systems: how each fares, and what it last brought. */
export function ConnectorsView() {
  const { item } = usePlace();
  const [filters, setFilters] = useFilters();
  const connectors = useConnectors();
  const add = () => setFilters({ new: "yes" });
  return (
    <>
      <PageHead
        title="Connectors"
        about="Systems that the hub asks for what is new, and whose webhooks it takes."
      >
        <button type="button" className="primary" onClick={add}>
          Add a connector
        </button>
      </PageHead>
      <Reading query={connectors} what="the connectors" rows={5}>
        {({ connectors }) =>
          connectors.length === 0 ? (
            <div className="card">
              <Empty title="No connectors">
                <p>
                  A connector brings what happens in an auction's or a partner's own system here, as events.
                </p>
                <button type="button" onClick={add}>
                  Add one
                </button>
              </Empty>
            </div>
          ) : (
            <Both connectors={connectors} chosen={item} />
          )
        }
      </Reading>
      {filters.new !== undefined && (
        <ConnectorForm
          onClose={() => setFilters({ new: null })}
          onSaved={(name) => goTo(addressOf("connectors", name), { replace: true })}
        />
      )}
    </>
  );
}

function Both({ connectors, chosen }: { connectors: Connector[]; chosen: string | null }) {
  const connector = connectors.find(({ name }) => name === chosen);
  return (
    <div className={connector === undefined ? "stack" : "split open even"}>
      <section className="card" aria-label="All connectors">
        <ul className="rows">
          {connectors.map((each) => (
            <Row key={each.name} connector={each} isChosen={each.name === chosen} />
          ))}
        </ul>
      </section>
      {connector !== undefined && <ConnectorCard key={connector.name} connector={connector} />}
      {chosen !== null && connector === undefined && (
        <div className="card">
          <Empty title={`There is no connector ${chosen}`} />
        </div>
      )}
    </div>
  );
}

const TONES: Record<Connector["status"], Tone> = { active: "good", failing: "bad", paused: "quiet" };

/** How a connector fares, in one word. */
export const ConnectorStatus = ({ status }: Pick<Connector, "status">) => (
  <Badge tone={TONES[status]}>{status}</Badge>
);

function Row({ connector, isChosen }: { connector: Connector; isChosen: boolean }) {
  const { name, kind, environment, status, nextRunAt, lastError } = connector;
  return (
    <li className={isChosen ? "is-chosen" : ""}>
      <div className="grow">
        <a
          className="strong"
          href={addressOf("connectors", name)}
          aria-current={isChosen ? "true" : undefined}
        >
          {name}
        </a>{" "}
        <span className="muted">{kindOf(kind).name === "Another" ? kind : kindOf(kind).name}</span>
        {status === "failing" && lastError !== null && (
          <div className="bad-text small">{lastError.message}</div>
        )}
      </div>
      <EnvironmentTag environment={environment} />
      <ConnectorStatus status={status} />
      <span className="muted small">
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
