import { EnvironmentTag } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { count } from "../parts/numbers.ts";
import { Time } from "../parts/time.tsx";
import { addressOf } from "../shell/router.ts";
import type { Group } from "./dead-letters.ts";

/** The dead letters of one subscription that failed for one reason. */
export function GroupRow(props: { group: Group; isBusy: boolean; onReplay: () => void }) {
  const { group, isBusy, onReplay } = props;
  const { environment, eventType, reason, oldestAt, newestAt } = group;
  const filter = { environment, status: "failed", ...(!eventType.endsWith("*") && { eventType }) };
  return (
    <li className="group">
      <span className="group-count">{count(group.count)}</span>
      <div className="grow stack tight">
        <div className="line start">
          <strong className="mono break">{eventType}</strong>
          <EnvironmentTag environment={environment} />
        </div>
        <div className="bad-text">{reason}</div>
        <div className="muted small">
          {oldestAt === newestAt ? (
            <Time at={newestAt} />
          ) : (
            <>
              from <Time at={oldestAt} /> to <Time at={newestAt} />
            </>
          )}
        </div>
      </div>
      <div className="actions">
        <a className="button small" href={addressOf("deliveries", null, filter)}>
          Look
        </a>
        <Button className="small" isBusy={isBusy} onClick={onReplay}>
          Replay {count(group.count)}
        </Button>
      </div>
    </li>
  );
}
