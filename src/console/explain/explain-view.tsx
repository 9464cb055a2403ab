import type { FormEvent } from "react";
import { CallError } from "../api/client.ts";
import { Field } from "../parts/field.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Empty, Reading } from "../parts/states.tsx";
import { addressOf, goTo, usePlace } from "../shell/router.ts";
import { useExplanation } from "./explain.ts";
import { EventCard, SubscriptionCards } from "./explanation.tsx";

/** For an event id: where the event came from, whom it went to, and why not to others. */
export function ExplainView() {
  const { item } = usePlace();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const eventId = String(new FormData(event.currentTarget).get("eventId") ?? "").trim();
    if (eventId !== "") goTo(addressOf("explain", eventId));
  };
  return (
    <>
      <PageHead
        title="Why was it not delivered?"
        about="An event's whole way, from its admission to each subscription."
      />
      <form className="card card-body ask" onSubmit={submit}>
        <Field
          key={item}
          label="Event id"
          name="eventId"
          className="mono"
          defaultValue={item ?? ""}
          placeholder="0199b1c4-7a51-7f00-a1b2-c3d4e5f60718"
          maxLength={64}
          required
          autoComplete="off"
          help="Publishing answers with it, and every webhook carries it as X-Webhook-Id."
          action={
            <button type="submit" className="primary">
              Explain
            </button>
          }
        />
      </form>
      {item !== null && <Answer key={item} eventId={item} />}
    </>
  );
}

function Answer({ eventId }: { eventId: string }) {
  const explanation = useExplanation(eventId);
  if (explanation.error instanceof CallError && explanation.error.status === 404)
    return (
      <div className="card">
        <Empty title="No event of yours has this id">
          <p>
            It was never admitted here, it is older than what the hub keeps, or it names an auction that is
            not among your auction ids.
          </p>
        </Empty>
      </div>
    );
  return (
    <Reading query={explanation} what="the explanation" rows={6}>
      {(data) => (
        <>
          <EventCard explanation={data} eventId={eventId} />
          <SubscriptionCards explanation={data} />
        </>
      )}
    </Reading>
  );
}
