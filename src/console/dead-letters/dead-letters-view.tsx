import { useEffect, useState } from "react";
import { Button } from "../parts/button.tsx";
import { count, counted } from "../parts/numbers.ts";
import { PageHead } from "../parts/page-head.tsx";
import { Empty, Reading } from "../parts/states.tsx";
import { confirm } from "../shell/confirm.ts";
import { AllDeadLetters } from "./all-dead-letters.tsx";
import { type Group, type Replayed, subscriptionOf, useGroups, useReplayMany } from "./dead-letters.ts";
import { GroupRow } from "./group-row.tsx";

/** What failed every attempt: by subscription and reason, to be replayed once the reason is gone. */
export function DeadLettersView() {
  const { replaying, isBusy, ask } = useReplaying();
  const groups = useGroups(replaying !== null);
  const all = groups.data?.groups ?? [];
  const total = sum(all);
  return (
    <>
      <PageHead
        title="Dead letters"
        about="Deliveries that failed every attempt. They wait here until someone replays them."
      >
        {total > 0 && (
          <Button
            className="primary"
            isBusy={isBusy}
            onClick={() => ask({}, total, "Every dead letter of both environments.")}
          >
            Replay all
          </Button>
        )}
      </PageHead>
      {replaying !== null && (
        <Progress of={replaying.of} left={sum(all.filter((each) => isIn(each, replaying.which)))} />
      )}
      <section className="card" aria-label="By subscription and reason">
        <Reading query={groups} what="the dead letters">
          {() => <Groups groups={all} isBusy={isBusy} ask={ask} />}
        </Reading>
      </section>
      <AllDeadLetters />
    </>
  );
}

/** Asks whether these are to be replayed, how many they are, and what they are in words. */
type Ask = (which: Replayed, of: number, what: string) => Promise<void>;

/** What is being replayed, and what begins it once the person is sure. */
function useReplaying() {
  const [replaying, setReplaying] = useState<{ which: Replayed; of: number } | null>(null);
  const replay = useReplayMany();
  const ask: Ask = async (which, of, what) => {
    const isSure = await confirm({
      title: `Replay ${counted(of, "dead letter")}?`,
      text: `${what} Each becomes a new delivery, with all its attempts before it. Receivers may see events that they have seen before.`,
      action: "Replay",
    });
    if (!isSure) return;
    setReplaying({ which, of });
    replay.mutate(which, { onSettled: () => setReplaying(null) });
  };
  return { replaying, isBusy: replay.isPending, ask };
}

function Groups({ groups, isBusy, ask }: { groups: Group[]; isBusy: boolean; ask: Ask }) {
  if (groups.length === 0)
    return (
      <Empty title="No dead letters">
        <p>Whatever was sent has arrived, is still being tried, or was replayed.</p>
      </Empty>
    );
  const askFor = (group: Group) => {
    const { environment, eventType, reason, count } = group;
    return ask(
      { subscription: subscriptionOf(group), reason },
      count,
      `${environment}: ${eventType}, ${reason}.`,
    );
  };
  return (
    <ul className="rows">
      {groups.map((group) => (
        <GroupRow
          key={`${subscriptionOf(group)} ${group.reason}`}
          group={group}
          isBusy={isBusy}
          onReplay={() => void askFor(group)}
        />
      ))}
    </ul>
  );
}

/** How far a replay is, by what is left of what there was. */
function Progress({ of, left }: { of: number; left: number }) {
  const [least, setLeast] = useState(left);
  useEffect(() => setLeast((before) => Math.min(before, left)), [left]);
  const done = Math.max(0, of - least);
  return (
    <div className="card card-body" role="status">
      <span>
        Replaying: {count(done)} of {count(of)}
      </span>
      <progress max={of} value={done} aria-label="Replayed" />
    </div>
  );
}

const sum = (groups: Group[]) => groups.reduce((total, { count }) => total + count, 0);

const isIn = (group: Group, { subscription, reason }: Replayed) =>
  (subscription ?? subscriptionOf(group)) === subscriptionOf(group) &&
  (reason ?? group.reason) === group.reason;
