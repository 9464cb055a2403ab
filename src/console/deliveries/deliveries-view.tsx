import { type KeyboardEvent, useState } from "react";
import { PageHead } from "../parts/page-head.tsx";
import { addressOf, type FilterChange, useFilters } from "../shell/router.ts";
import { filterIn } from "./deliveries.ts";
import { DeliveryFilters } from "./delivery-filters.tsx";
import { DeliveryList } from "./delivery-list.tsx";
import { DeliveryPane } from "./delivery-pane.tsx";
import { useSteady } from "./pages.ts";

/** What was sent where, newest first, and beside it the one that is looked at. */
export function DeliveriesView() {
  const [filters, setFilters] = useFilters();
  const filter = useSteady(filterIn(filters));
  const [opener, setOpener] = useState<Element | null>(null);
  const selected = filters.delivery ?? null;
  const start = filters.after ?? null;
  const addressAfter = (after: string | null) =>
    addressOf("deliveries", null, { ...filters, delivery: null, after });
  const choose = (change: FilterChange) => {
    const isNew = Object.entries(change).some(([name, value]) => (value ?? "") !== (filters[name] ?? ""));
    if (isNew) setFilters({ ...change, after: null }); // a field that was only left changes nothing
  };
  const close = () => {
    setFilters({ delivery: null });
    if (opener instanceof HTMLElement) opener.focus();
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Escape" && selected !== null) close();
  };
  return (
    <>
      <PageHead title="Deliveries" about="Newest first; each is one event on its way to one subscription." />
      <DeliveryFilters key={JSON.stringify(filter)} filter={filter} onChange={choose} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Escape closes the pane, wherever the focus is */}
      <div className={selected === null ? "split" : "split open"} onKeyDown={pressed}>
        <DeliveryList
          key={JSON.stringify([filter, start])}
          filter={filter}
          start={start}
          addressAfter={addressAfter}
          selected={selected}
          onOpen={(delivery) => {
            setOpener(document.activeElement);
            setFilters({ delivery });
          }}
        />
        {selected !== null && <DeliveryPane key={selected} deliveryId={selected} onClose={close} />}
      </div>
    </>
  );
}
