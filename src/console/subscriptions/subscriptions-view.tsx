import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { count } from "../parts/numbers.ts";
import { PageHead } from "../parts/page-head.tsx";
import { Empty, Reading } from "../parts/states.tsx";
import { useFilters } from "../shell/router.ts";
import { PromoteDialog } from "./promote-dialog.tsx";
import { SubscriptionForm } from "./subscription-form.tsx";
import { SubscriptionRow } from "./subscription-row.tsx";
import { ENVIRONMENTS, type Environment, type Subscription, subscriptionsQuery } from "./subscriptions.ts";

/** Rows in sight at once; a search finds the others. */
const MAX_ROWS = 200;

/** What is sent where, sandbox and production side by side. */
export function SubscriptionsView() {
  const [filters, setFilters] = useFilters();
  const [isPromoting, setIsPromoting] = useState(false);
  const asked = ENVIRONMENTS.find((environment) => environment === filters.new);
  return (
    <>
      <PageHead title="Subscriptions" about="Which events are sent where.">
        <input
          type="search"
          className="search"
          aria-label="Search subscriptions"
          placeholder="Search"
          value={filters.q ?? ""}
          onChange={(event) => setFilters({ q: event.target.value })}
        />
        <button type="button" onClick={() => setIsPromoting(true)}>
          Promote sandbox
        </button>
        <button type="button" className="primary" onClick={() => setFilters({ new: "sandbox" })}>
          New subscription
        </button>
      </PageHead>
      <div className="columns">
        {ENVIRONMENTS.map((environment) => (
          <EnvironmentCard
            key={environment}
            environment={environment}
            search={filters.q ?? ""}
            onNew={() => setFilters({ new: environment })}
          />
        ))}
      </div>
      {asked !== undefined && (
        <SubscriptionForm environment={asked} onClose={() => setFilters({ new: null })} />
      )}
      {isPromoting && <PromoteDialog onClose={() => setIsPromoting(false)} />}
    </>
  );
}

function EnvironmentCard(props: { environment: Environment; search: string; onNew: () => void }) {
  const { environment, search, onNew } = props;
  const subscriptions = useQuery(subscriptionsQuery(environment));
  return (
    <section className="card" aria-label={environment}>
      <header>
        <h2 className="capital">{environment}</h2>
        <span className="muted">{subscriptions.data && count(subscriptions.data.length)}</span>
      </header>
      <Reading query={subscriptions} what={`the ${environment} subscriptions`}>
        {(all) =>
          all.length === 0 ? <None {...{ environment, onNew }} /> : <List found={found(all, search)} />
        }
      </Reading>
    </section>
  );
}

function None({ environment, onNew }: { environment: Environment; onNew: () => void }) {
  return (
    <Empty title={`No ${environment} subscriptions`}>
      <p>
        {environment === "sandbox"
          ? "Try out a receiver here; production is not touched."
          : "Promote what works in the sandbox, or make one here."}
      </p>
      <button type="button" onClick={onNew}>
        Create one
      </button>
    </Empty>
  );
}

function List({ found }: { found: Subscription[] }) {
  if (found.length === 0) return <Empty title="Nothing matches the search" />;
  const more = found.length - MAX_ROWS;
  return (
    <ul className="sub-list">
      {found.slice(0, MAX_ROWS).map((subscription) => (
        <SubscriptionRow key={subscription.sk} subscription={subscription} />
      ))}
      {more > 0 && <li className="muted sub">{count(more)} more; search to see them.</li>}
    </ul>
  );
}

const found = (all: Subscription[], search: string) =>
  all.filter(({ eventType, webhookUrl }) =>
    `${eventType} ${webhookUrl}`.toLowerCase().includes(search.toLowerCase()),
  );
