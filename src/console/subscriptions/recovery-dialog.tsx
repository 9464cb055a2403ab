import { Dialog } from "../parts/dialog.tsx";
import { Switch } from "../parts/switch.tsx";
import { RecoveryForm } from "./recovery-form.tsx";
import { RecoveryRuns } from "./recovery-runs.tsx";
import { type Subscription, useSave } from "./subscriptions.ts";

/** What a subscription missed: made up for now, and by itself from now on if that is wished. */
export function RecoveryDialog({
  subscription,
  onClose,
}: {
  subscription: Subscription;
  onClose: () => void;
}) {
  const { environment, eventType, status } = subscription;
  return (
    <Dialog title="Recover what was missed" onClose={onClose} isWide>
      <div className="stack">
        <p>
          <span className="mono strong break">{eventType}</span>{" "}
          <span className="muted">in {environment}</span>
        </p>
        <p className="muted">
          Makes deliveries of the stored events of a time that this subscription should have had and has not:
          it was paused, did not exist yet, or the delivery became a dead letter. What was delivered or is
          pending is left alone.
        </p>
        {status === "paused" && (
          <p className="notice">This subscription is paused: what is recovered waits until you resume it.</p>
        )}
        <RecoveryForm subscription={subscription} />
        <RecoveryRuns of={subscription} />
        <ByItself subscription={subscription} />
      </div>
      <footer>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </footer>
    </Dialog>
  );
}

const SENTENCES = {
  manual: "Dead letters wait until you replay them, or recover them here.",
  automatic:
    "While the receiver is down, one dead letter is sent from time to time; once it is taken, the others of that outage follow by themselves, oldest first.",
} as const;

function ByItself({ subscription }: { subscription: Subscription }) {
  const { environment, eventType, webhookUrl, recovery } = subscription;
  const save = useSave();
  const shown = save.isPending ? save.variables.recovery : recovery;
  return (
    <section className="stack tight" aria-label="After an outage">
      <h3>After an outage</h3>
      <Switch
        label="After an outage"
        options={[
          ["manual", "Replay by hand"],
          ["automatic", "Replay by itself"],
        ]}
        value={shown}
        onChange={(next) => save.mutate({ environment, eventType, webhookUrl, recovery: next })}
      />
      <p className="muted" aria-live="polite">
        {SENTENCES[shown]}
      </p>
      {save.error !== null && (
        <p className="mistake" role="alert">
          {save.error.message}
        </p>
      )}
    </section>
  );
}
