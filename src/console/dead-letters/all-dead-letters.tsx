import { useReplay } from "../deliveries/deliveries.ts";
import { EnvironmentTag } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Empty, Reading } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { addressOf } from "../shell/router.ts";
import { useDeadLetters } from "./dead-letters.ts";

/** Each dead letter by itself, newest first; those that were replayed stay. */
export function AllDeadLetters() {
  const list = useDeadLetters();
  const entries = list.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <section className="card" aria-label="One by one">
      <header>
        <h2>One by one</h2>
      </header>
      <Reading query={list} what="the list">
        {() =>
          entries.length === 0 ? (
            <Empty title="Nothing has ever failed for good" />
          ) : (
            <>
              <ul className="rows">
                {entries.map((entry) => (
                  <Row key={entry.deliveryId} entry={entry} />
                ))}
              </ul>
              {list.hasNextPage && (
                <div className="card-body">
                  <Button isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                    Show more
                  </Button>
                </div>
              )}
            </>
          )
        }
      </Reading>
    </section>
  );
}

type Entry = NonNullable<ReturnType<typeof useDeadLetters>["data"]>["pages"][number]["entries"][number];

function Row({ entry }: { entry: Entry }) {
  const { deliveryId, eventType, environment, failureReason, movedToDLQAt, replayedAt } = entry;
  const replay = useReplay();
  return (
    <li>
      <div className="grow">
        <a className="mono break" href={addressOf("deliveries", null, { delivery: deliveryId })}>
          {eventType}
        </a>
        <div className="small">{failureReason}</div>
      </div>
      <EnvironmentTag environment={environment} />
      <span className="muted small">
        {replayedAt === null ? (
          <Time at={movedToDLQAt} />
        ) : (
          <>
            replayed <Time at={replayedAt} />
          </>
        )}
      </span>
      {replayedAt === null && (
        <Button className="small" isBusy={replay.isPending} onClick={() => replay.mutate(deliveryId)}>
          Replay
        </Button>
      )}
    </li>
  );
}
