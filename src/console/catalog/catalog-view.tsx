import { useQuery } from "@tanstack/react-query";
import { count } from "../parts/numbers.ts";
import { PageHead } from "../parts/page-head.tsx";
import { Empty, Reading } from "../parts/states.tsx";
import { addressOf, useFilters, usePlace } from "../shell/router.ts";
import { catalogQuery, type Group, groupsOf, searched } from "./catalog.ts";
import { EntryCard } from "./entry-card.tsx";

/** Every event type that the hub knows: what it means, what it looks like, how to receive it. */
export function CatalogView() {
  const { item } = usePlace();
  return (
    <>
      <PageHead title="Catalog" about="The event types that this hub knows. Others are delivered as well." />
      <div className="catalog">
        <EventTypes chosen={item} />
        {item === null ? (
          <div className="card catalog-none">
            <Empty title="Choose an event type">
              <p>Its meaning, its schema, an example, and code that receives and verifies it.</p>
            </Empty>
          </div>
        ) : (
          <EntryCard key={item} eventType={item} />
        )}
      </div>
    </>
  );
}

function EventTypes({ chosen }: { chosen: string | null }) {
  const [filters, setFilters] = useFilters();
  const catalog = useQuery(catalogQuery);
  const search = filters.q ?? "";
  return (
    <nav
      className={chosen === null ? "card catalog-list" : "card catalog-list chosen"}
      aria-label="Event types"
    >
      <div className="catalog-search">
        <input
          type="search"
          aria-label="Search event types"
          placeholder="Search, such as deal sold"
          value={search}
          onChange={(event) => setFilters({ q: event.target.value })}
        />
      </div>
      <Reading query={catalog} what="the catalog" rows={10}>
        {(listing) => <Groups groups={searched(groupsOf(listing), search)} chosen={chosen} search={search} />}
      </Reading>
    </nav>
  );
}

function Groups({ groups, chosen, search }: { groups: Group[]; chosen: string | null; search: string }) {
  if (groups.length === 0) return <Empty title="Nothing matches the search" />;
  return (
    <div className="catalog-groups">
      {groups.map(({ name, eventTypes }) => (
        <details
          key={`${name} ${search === ""}`}
          open={search !== "" || (chosen !== null && eventTypes.includes(chosen))}
        >
          <summary>
            {name} <span className="muted">{count(eventTypes.length)}</span>
          </summary>
          <ul>
            {eventTypes.map((eventType) => (
              <li key={eventType}>
                <a
                  className="mono"
                  href={addressOf("catalog", eventType, { q: search })}
                  aria-current={eventType === chosen ? "true" : undefined}
                >
                  {eventType}
                </a>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </div>
  );
}
