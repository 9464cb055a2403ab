import { Badge, type Tone } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { counted } from "../parts/numbers.ts";
import { Reading } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { type Recovery, useCancelRecovery, useRecoveries } from "./recoveries.ts";
import type { SubscriptionKey } from "./subscriptions.ts";

/** Those in sight; the hub keeps more. */
const SHOWN = 10;

/** The recoveries of a subscription, how far each is, and the way to end one. */
export function RecoveryRuns({ of }: { of: SubscriptionKey }) {
  const recoveries = useRecoveries(of);
  return (
    <section className="stack tight" aria-label="Recoveries">
      <h3>Recoveries</h3>
      <Reading query={recoveries} what="the recoveries" rows={1}>
        {({ recoveries }) =>
          recoveries.length === 0 ? (
            <p className="muted">None was started yet.</p>
          ) : (
            <ul className="rows framed">
              {recoveries.slice(0, SHOWN).map((recovery) => (
                <Run key={recovery.recoveryId} of={of} recovery={recovery} />
              ))}
            </ul>
          )
        }
      </Reading>
    </section>
  );
}

const TONES: Record<Recovery["status"], Tone> = { running: "info", finished: "good", cancelled: "quiet" };

function Run({ of, recovery }: { of: SubscriptionKey; recovery: Recovery }) {
  const { recoveryId, status, since, until, createdAt, events, deliveries } = recovery;
  const cancel = useCancelRecovery(of);
  return (
    <li>
      <div className="grow">
        <div aria-live="polite">
          {counted(deliveries, "delivery", "deliveries")} made, {counted(events, "event")} looked at
        </div>
        <div className="muted small">
          Events from <Time at={since} /> to <Time at={until} isPast={until <= createdAt} />, asked for{" "}
          <Time at={createdAt} isPast />
        </div>
      </div>
      <Badge tone={TONES[status]}>{status}</Badge>
      {status === "running" && (
        <Button className="small" isBusy={cancel.isPending} onClick={() => cancel.mutate(recoveryId)}>
          Cancel
        </Button>
      )}
    </li>
  );
}
