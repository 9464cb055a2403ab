import { useState } from "react";
import { CommandsCard } from "../commands/commands-card.tsx";
import { Button } from "../parts/button.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { JsonTree } from "../parts/json-tree.tsx";
import { count, counted } from "../parts/numbers.ts";
import { Time } from "../parts/time.tsx";
import { confirm } from "../shell/confirm.ts";
import { addressOf, goTo } from "../shell/router.ts";
import { ConnectorForm } from "./connector-form.tsx";
import { type Connector, usePoll, useRemoveConnector, useSetConnectorStatus } from "./connectors.ts";
import { DocumentsCard } from "./documents-card.tsx";
import { RunsCard } from "./runs-card.tsx";
import { labelOf } from "./settings-form.ts";

/** One connector: its state, its settings without what is secret, its runs and its commands. */
export function ConnectorCard({ connector }: { connector: Connector }) {
  return (
    <div className="stack pane-free">
      <section className="card" aria-label={connector.name}>
        <header>
          <h2>{connector.name}</h2>
          <Actions connector={connector} />
        </header>
        <Facts connector={connector} />
      </section>
      <RunsCard name={connector.name} />
      <CommandsCard name={connector.name} kind={connector.kind} />
      <DocumentsCard name={connector.name} />
    </div>
  );
}

function Actions({ connector }: { connector: Connector }) {
  const { name, status } = connector;
  const poll = usePoll();
  const setStatus = useSetConnectorStatus();
  const remove = useRemoveConnector();
  const [isEditing, setIsEditing] = useState(false);
  const askToRemove = async () => {
    const isSure = await confirm({
      title: `Delete ${name}?`,
      text: "Its runs and webhooks end at once, and what it remembers goes. The events that it brought stay.",
      action: "Delete",
      isDangerous: true,
    });
    if (isSure) remove.mutate(name, { onSuccess: () => goTo(addressOf("connectors"), { replace: true }) });
  };
  return (
    <div className="actions">
      <Button className="small primary" isBusy={poll.isPending} onClick={() => poll.mutate(name)}>
        Run now
      </Button>
      <Button
        className="small"
        isBusy={setStatus.isPending}
        onClick={() => setStatus.mutate({ name, status: status === "paused" ? "active" : "paused" })}
      >
        {status === "paused" ? "Resume" : "Pause"}
      </Button>
      <button type="button" className="small" onClick={() => setIsEditing(true)}>
        Edit
      </button>
      <Button className="small" isBusy={remove.isPending} onClick={askToRemove}>
        Delete
      </Button>
      {isEditing && <ConnectorForm present={connector} onClose={() => setIsEditing(false)} />}
    </div>
  );
}

function Facts({ connector }: { connector: Connector }) {
  const { environment, schedule, settings, secrets, lastSuccessAt, lastError, nextRunAt, inboundUrl } =
    connector;
  return (
    <dl className="facts card-body">
      <dt>Environment</dt>
      <dd>{environment}</dd>
      <dt>Last success</dt>
      <dd>
        {lastSuccessAt === null ? <span className="muted">none yet</span> : <Time at={lastSuccessAt} />}
      </dd>
      {lastError !== null && (
        <>
          <dt>Last error</dt>
          <dd>
            <span className="bad-text">{lastError.message}</span>{" "}
            <span className="muted">
              <Time at={lastError.at} />
            </span>
          </dd>
        </>
      )}
      <dt>Next run</dt>
      <dd>
        {nextRunAt === null ? <span className="muted">none is planned</span> : <Time at={nextRunAt} />}{" "}
        <code className="muted" title="The schedule, a cron expression in UTC">
          {schedule}
        </code>
      </dd>
      {inboundUrl !== null && (
        <>
          <dt>Webhooks to</dt>
          <dd className="line">
            <span className="mono">{inboundUrl}</span>
            <CopyButton text={inboundUrl} />
          </dd>
          <dt>Webhooks</dt>
          <dd>
            <Webhooks {...connector.webhooks} />
          </dd>
        </>
      )}
      {Object.entries(settings).map(([name, value]) => (
        <div key={name} className="facts-row">
          <dt title={name}>{labelOf(connector.kind, name)}</dt>
          <dd className="mono">
            <SettingValue value={value} />
          </dd>
        </div>
      ))}
      {secrets.map((name) => (
        <div key={name} className="facts-row">
          <dt title={name}>{labelOf(connector.kind, name)}</dt>
          <dd className="muted">set, never shown</dd>
        </div>
      ))}
    </dl>
  );
}

function SettingValue({ value }: { value: unknown }) {
  if (Array.isArray(value) && value.length > 0) return value.map(String).join(", ");
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return typeof value === "string" ? value : JSON.stringify(value);
  return (
    <details>
      <summary>{counted(Object.keys(value).length, "value")}</summary>
      <JsonTree value={value} />
    </details>
  );
}

function Webhooks({ received, lastReceivedAt, refused, lastRefusal }: Connector["webhooks"]) {
  return (
    <>
      {count(received)} taken
      {lastReceivedAt !== null && (
        <>
          , the last <Time at={lastReceivedAt} />
        </>
      )}
      {refused > 0 && (
        <div className="bad-text">
          {count(refused)} refused{lastRefusal !== null && <>: {lastRefusal.reason}</>}
        </div>
      )}
    </>
  );
}
