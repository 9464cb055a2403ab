import { useState } from "react";
import { Badge, EnvironmentTag, StatusBadge } from "../parts/badge.tsx";
import { counted } from "../parts/numbers.ts";
import { Payload } from "../parts/payload.tsx";
import { Empty, Reading } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { addressOf } from "../shell/router.ts";
import { type Explanation, useEvent } from "./explain.ts";

/** The event: when it was admitted, by which door, and for which auctions. */
export function EventCard({ explanation, eventId }: { explanation: Explanation; eventId: string }) {
  const { event, sentence } = explanation;
  const [isOpen, setIsOpen] = useState(false);
  return (
    <section className="card" aria-label="Event">
      <header>
        <h2 className="mono break">{event.eventType}</h2>
        <EnvironmentTag environment={event.environment} />
      </header>
      <div className="card-body">
        <p className="sentence">{sentence}</p>
        <dl className="facts">
          <dt>Admitted</dt>
          <dd>
            <Time at={event.admittedAt} />
          </dd>
          <dt>By</dt>
          <dd>{event.door}</dd>
          <dt>Auctions</dt>
          <dd>
            {event.auctionIds.length === 0 ? (
              <span className="muted">none named</span>
            ) : (
              event.auctionIds.join(", ")
            )}
          </dd>
        </dl>
        <details onToggle={(toggled) => setIsOpen(toggled.currentTarget.open)}>
          <summary>Payload</summary>
          {isOpen && <EventPayload eventId={eventId} />}
        </details>
      </div>
    </section>
  );
}

function EventPayload({ eventId }: { eventId: string }) {
  const event = useEvent(eventId);
  return (
    <Reading query={event} what="the payload">
      {({ payload }) => <Payload text={typeof payload === "string" ? payload : JSON.stringify(payload)} />}
    </Reading>
  );
}

/** Each subscription of the customer: what it got, or why it got nothing; those that matched first. */
export function SubscriptionCards({ explanation: { subscriptions } }: { explanation: Explanation }) {
  if (subscriptions.length === 0)
    return (
      <div className="card">
        <Empty title="You had no subscription">
          <p>
            <a href={addressOf("subscriptions", null, { new: "sandbox" })}>Create one</a>, then recover what
            it missed.
          </p>
        </Empty>
      </div>
    );
  const ordered = subscriptions.toSorted((a, b) => Number(b.matched) - Number(a.matched));
  return (
    <section className="card" aria-label="Subscriptions">
      <header>
        <h2>Subscriptions</h2>
      </header>
      <ul className="rows tall">
        {ordered.map((subscription) => (
          <SubscriptionItem key={keyOf(subscription)} subscription={subscription} />
        ))}
      </ul>
    </section>
  );
}

type Subscription = Explanation["subscriptions"][number];

const keyOf = ({ environment, eventType }: Subscription) => `${environment}#${eventType}`;

function SubscriptionItem({ subscription }: { subscription: Subscription }) {
  const { environment, eventType, matched, sentence, deliveries } = subscription;
  return (
    <li className="block">
      <div className="line">
        <span className="line start">
          <strong className="mono break">{eventType}</strong>
          <EnvironmentTag environment={environment} />
        </span>
        <Badge tone={matched ? "good" : "quiet"}>{matched ? "matched" : "not matched"}</Badge>
      </div>
      <p>{sentence}</p>
      {deliveries.length > 0 && (
        <ul className="stack tight">
          {deliveries.map((delivery) => (
            <DeliveryItem key={delivery.deliveryId} delivery={delivery} />
          ))}
        </ul>
      )}
    </li>
  );
}

function DeliveryItem({ delivery }: { delivery: Subscription["deliveries"][number] }) {
  const { deliveryId, status, attempts, failureReason, createdAt, nextAttemptAt } = delivery;
  return (
    <li className="line start">
      <StatusBadge status={status} />
      <a className="mono" href={addressOf("deliveries", null, { delivery: deliveryId })}>
        {deliveryId}
      </a>
      <span className="muted">
        {counted(attempts, "attempt")}, made <Time at={createdAt} />
        {nextAttemptAt !== null && (
          <>
            , next <Time at={nextAttemptAt} />
          </>
        )}
      </span>
      {failureReason !== null && <span className="bad-text">{failureReason}</span>}
    </li>
  );
}
