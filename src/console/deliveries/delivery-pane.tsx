import { useEffect, useRef, useState } from "react";
import { EnvironmentTag, StatusBadge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { Payload } from "../parts/payload.tsx";
import { Reading } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { addressOf } from "../shell/router.ts";
import { Attempts } from "./attempts.tsx";
import { curlOf } from "./curl.ts";
import { type Delivery, useDelivery, useReplay } from "./deliveries.ts";
import { VerifyBox } from "./verify-box.tsx";

/** One delivery: what was sent, what came back each time, and what can be done about it. */
export function DeliveryPane({ deliveryId, onClose }: { deliveryId: string; onClose: () => void }) {
  const delivery = useDelivery(deliveryId);
  const pane = useRef<HTMLElement>(null);
  useEffect(() => pane.current?.focus({ preventScroll: true }), []);
  return (
    <aside ref={pane} className="card pane" tabIndex={-1} aria-label="Delivery">
      <header>
        <h2>Delivery</h2>
        <button type="button" className="ghost icon" aria-label="Close the delivery" onClick={onClose}>
          ×
        </button>
      </header>
      <Reading query={delivery} what="the delivery" rows={8}>
        {(data) => <Detail delivery={data} />}
      </Reading>
    </aside>
  );
}

function Detail({ delivery }: { delivery: Delivery }) {
  const { status, eventType, environment, attemptLog, payload } = delivery;
  return (
    <div className="card-body">
      <div className="stack tight">
        <div className="line">
          <strong className="mono break">{eventType}</strong>
          <span className="actions">
            <EnvironmentTag environment={environment} />
            <StatusBadge status={status} />
          </span>
        </div>
        <Actions delivery={delivery} />
      </div>
      <Facts delivery={delivery} />
      <Attempts attempts={attemptLog} />
      <Payload text={payload} />
      <VerifySection delivery={delivery} />
    </div>
  );
}

function Actions({ delivery }: { delivery: Delivery }) {
  const { deliveryId, status, eventId } = delivery;
  const replay = useReplay();
  return (
    <div className="actions">
      {status === "failed" && (
        <Button
          className="small primary"
          isBusy={replay.isPending}
          disabled={replay.isSuccess}
          onClick={() => replay.mutate(deliveryId)}
        >
          {replay.isSuccess ? "Replayed" : "Replay"}
        </Button>
      )}
      <CopyButton text={() => curlOf(delivery)} label="Copy as curl" />
      <a className="button small" href={addressOf("explain", eventId)}>
        The event's way
      </a>
    </div>
  );
}

function Facts({ delivery }: { delivery: Delivery }) {
  const { deliveryId, eventId, webhookUrl, createdAt, nextAttemptAt, replayOf, attempts } = delivery;
  return (
    <dl className="facts">
      <dt>Sent to</dt>
      <dd className="mono">{webhookUrl}</dd>
      <dt>Made</dt>
      <dd>
        <Time at={createdAt} />
      </dd>
      {nextAttemptAt !== null && (
        <>
          <dt>Next attempt</dt>
          <dd>
            <Time at={nextAttemptAt} />
            {attempts > 0 && <span className="muted"> (number {attempts + 1})</span>}
          </dd>
        </>
      )}
      <dt>Delivery id</dt>
      <dd className="mono">{deliveryId}</dd>
      <dt>Event id</dt>
      <dd className="mono">{eventId}</dd>
      {replayOf !== null && (
        <>
          <dt>Replay of</dt>
          <dd className="mono">
            <a href={addressOf("deliveries", null, { delivery: replayOf })}>{replayOf}</a>
          </dd>
        </>
      )}
    </dl>
  );
}

function VerifySection({ delivery: { payload, eventId, attemptLog } }: { delivery: Delivery }) {
  const [isOpen, setIsOpen] = useState(false);
  const headers = attemptLog.at(-1)?.requestHeaders ?? {};
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>Verify a signature</summary>
      {isOpen && <VerifyBox body={payload} eventId={eventId} headers={headers} />}
    </details>
  );
}
