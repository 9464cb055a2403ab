import { useState } from "react";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Time } from "../parts/time.tsx";
import { confirm } from "../shell/confirm.ts";
import { addressOf } from "../shell/router.ts";
import { RecoveryDialog } from "./recovery-dialog.tsx";
import { SubscriptionForm } from "./subscription-form.tsx";
import { type Subscription, useRemove, useSetStatus } from "./subscriptions.ts";
import { TestDialog } from "./test-dialog.tsx";

/** One subscription, how it fares, and what can be done with it. */
export function SubscriptionRow({ subscription }: { subscription: Subscription }) {
  const { eventType, webhookUrl, recovery } = subscription;
  return (
    <li className="sub" aria-label={eventType}>
      <div className="sub-head">
        <a
          className="mono strong"
          href={addressOf("deliveries", null, filterOf(subscription))}
          title="Its deliveries"
        >
          {eventType}
        </a>
        <Health subscription={subscription} />
      </div>
      <div className="mono muted sub-url">{webhookUrl}</div>
      <div className="sub-foot">
        <span className="muted small">
          <LastSuccess subscription={subscription} />
          {recovery === "automatic" && " · replays by itself"}
        </span>
        <Actions subscription={subscription} />
      </div>
    </li>
  );
}

/** Deliveries are found by their event's type, so a pattern's are found by environment alone. */
const filterOf = ({ environment, eventType }: Subscription) => ({
  environment,
  ...(!eventType.endsWith("*") && { eventType }),
});

function Health({ subscription: { status, health, consecutiveFailures } }: { subscription: Subscription }) {
  if (status === "paused") return <Badge tone="quiet">paused</Badge>;
  if (health === "ok") return <Badge tone="good">active</Badge>;
  return <Badge tone="bad">{`failing: ${consecutiveFailures} in a row`}</Badge>;
}

function LastSuccess({ subscription: { lastSuccessAt, failingSince } }: { subscription: Subscription }) {
  if (failingSince !== null)
    return (
      <>
        Fails since <Time at={failingSince} />
      </>
    );
  if (lastSuccessAt === null) return <>Nothing delivered yet</>;
  return (
    <>
      Last delivered <Time at={lastSuccessAt} />
    </>
  );
}

function Actions({ subscription }: { subscription: Subscription }) {
  const { status, environment, eventType, webhookUrl } = subscription;
  const setStatus = useSetStatus();
  const remove = useRemove();
  const [open, setOpen] = useState<"test" | "edit" | "recover" | null>(null);
  const close = () => setOpen(null);
  const askToRemove = async () => {
    const isSure = await confirm({
      title: "Delete this subscription?",
      text: `${environment}: ${eventType} is no longer sent to ${webhookUrl}. Its pending deliveries are cancelled.`,
      action: "Delete",
      isDangerous: true,
    });
    if (isSure) remove.mutate(subscription);
  };
  const next = status === "active" ? "paused" : "active";
  return (
    <div className="actions">
      <button type="button" className="small" onClick={() => setOpen("test")}>
        Test
      </button>
      <Button
        className="small"
        isBusy={setStatus.isPending}
        onClick={() => setStatus.mutate({ environment, eventType, status: next })}
      >
        {status === "active" ? "Pause" : "Resume"}
      </Button>
      <button type="button" className="small" onClick={() => setOpen("recover")}>
        Recover
      </button>
      <button type="button" className="small" onClick={() => setOpen("edit")}>
        Edit
      </button>
      <Button className="small" isBusy={remove.isPending} onClick={askToRemove}>
        Delete
      </Button>
      {open === "test" && <TestDialog subscription={subscription} onClose={close} />}
      {open === "recover" && <RecoveryDialog subscription={subscription} onClose={close} />}
      {open === "edit" && (
        <SubscriptionForm environment={environment} present={subscription} onClose={close} />
      )}
    </div>
  );
}
