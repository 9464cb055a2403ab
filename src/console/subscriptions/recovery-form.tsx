import { type FormEvent, useState } from "react";
import { CallError } from "../api/client.ts";
import { Button } from "../parts/button.tsx";
import { Choice, Field } from "../parts/field.tsx";
import { useNow } from "../parts/now.ts";
import { useRecover } from "./recoveries.ts";
import { type Since, sinceChoices, spanOf } from "./recovery-span.ts";
import type { Subscription } from "./subscriptions.ts";

/** From when on what was missed is to be recovered. */
export function RecoveryForm({ subscription }: { subscription: Subscription }) {
  const { failingSince } = subscription;
  const now = useNow();
  const recover = useRecover(subscription);
  const choices = sinceChoices(failingSince, now);
  const [chosen, setChosen] = useState<Since | null>(null);
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const since = choices.find(([each]) => each === chosen)?.[0] ?? choices[0]?.[0] ?? "hour";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const span = spanOf(since, { failingSince, from, to, now });
    if (span !== null) recover.mutate(span);
  };
  const wrong = (path: string) => mistakeAt(recover.error, path);
  const isGiven = since === "given";
  return (
    <form className="stack tight" onSubmit={submit}>
      <Choice
        label="Since"
        value={since}
        onChange={(event) => setChosen(choices.find(([each]) => each === event.target.value)?.[0] ?? null)}
        options={choices}
        mistake={isGiven ? undefined : wrong("since")}
        action={
          <Button type="submit" className="primary" isBusy={recover.isPending}>
            Start a recovery
          </Button>
        }
      />
      {isGiven && (
        <div className="pair">
          <Field
            label="From"
            type="datetime-local"
            value={from}
            onChange={(event) => setFrom(event.target.value)}
            required
            help="In your local time."
            mistake={wrong("since")}
          />
          <Field
            label="To"
            type="datetime-local"
            value={to}
            onChange={(event) => setTo(event.target.value)}
            help="Left empty: up to now."
            mistake={wrong("until")}
          />
        </div>
      )}
      {recover.error !== null && wrong("since") === undefined && wrong("until") === undefined && (
        <p className="mistake" role="alert">
          {recover.error.message}
        </p>
      )}
    </form>
  );
}

const mistakeAt = (error: Error | null, place: string) =>
  error instanceof CallError ? error.errors.find(({ path }) => path === place)?.message : undefined;
