import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId } from "react";
import { catalogQuery } from "../catalog/catalog.ts";
import { Choice, Field } from "../parts/field.tsx";
import type { FilterChange } from "../shell/router.ts";
import { ENVIRONMENTS } from "../subscriptions/subscriptions.ts";
import { type DeliveryFilter, STATUSES } from "./deliveries.ts";

const STATUS_OPTIONS = [["", "Any"], ...STATUSES.map((status) => [status, status] as const)] as const;

const ENVIRONMENT_OPTIONS = [["", "Both"], ...ENVIRONMENTS.map((each) => [each, each] as const)] as const;

/** Which deliveries are looked at; a choice counts at once, a text with Enter or when it is left. */
export function DeliveryFilters(props: { filter: DeliveryFilter; onChange: (change: FilterChange) => void }) {
  const { filter, onChange } = props;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  };
  return (
    <form className="filters" onSubmit={submit} aria-label="Filters">
      <Choice
        label="Status"
        value={filter.status ?? ""}
        onChange={(event) => onChange({ status: event.target.value })}
        options={STATUS_OPTIONS}
      />
      <Choice
        label="Environment"
        value={filter.environment ?? ""}
        onChange={(event) => onChange({ environment: event.target.value })}
        options={ENVIRONMENT_OPTIONS}
      />
      <EventType value={filter.eventType ?? ""} onChange={onChange} />
      <Field
        label="Event id"
        defaultValue={filter.eventId ?? ""}
        maxLength={64}
        className="mono"
        onBlur={(event) => onChange({ eventId: event.target.value.trim() })}
      />
      <Instant label="Not older than" name="since" value={filter.since} onChange={onChange} />
      <Instant label="Go to a time" name="until" value={filter.until} onChange={onChange} />
      <button type="submit" className="unseen" tabIndex={-1}>
        Filter
      </button>
      <ClearButton names={Object.keys(filter)} onChange={onChange} />
    </form>
  );
}

function ClearButton({ names, onChange }: { names: string[]; onChange: (change: FilterChange) => void }) {
  if (names.length === 0) return null;
  const clear = () => onChange(Object.fromEntries(names.map((name) => [name, null])));
  return (
    <button type="button" className="ghost clear" onClick={clear}>
      Clear filters
    </button>
  );
}

function EventType({ value, onChange }: { value: string; onChange: (change: FilterChange) => void }) {
  const catalog = useQuery(catalogQuery);
  const listId = useId();
  const names = [
    ...(catalog.data?.eventTypes.map(({ eventType }) => eventType) ?? []),
    ...Object.values(catalog.data?.sources ?? {}).flat(),
  ];
  return (
    <>
      <Field
        label="Event type"
        defaultValue={value}
        list={listId}
        maxLength={200}
        className="mono"
        onBlur={(event) => onChange({ eventType: event.target.value.trim() })}
      />
      <datalist id={listId}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}

function Instant(props: {
  label: string;
  name: "since" | "until";
  value: string | undefined;
  onChange: (change: FilterChange) => void;
}) {
  const { label, name, value, onChange } = props;
  const shown = value === undefined ? "" : toLocal(value);
  return (
    <Field
      label={label}
      type="datetime-local"
      defaultValue={shown}
      onBlur={({ target }) => {
        if (target.value !== shown) onChange({ [name]: fromLocal(target.value) }); // else its seconds would go
      }}
    />
  );
}

/** The form that the browser's field wants: local, without a zone, to the minute. */
function toLocal(instant: string): string {
  const at = Date.parse(instant);
  if (Number.isNaN(at)) return "";
  const offsetMs = new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - offsetMs).toISOString().slice(0, 16);
}

const fromLocal = (text: string) => (text === "" ? null : new Date(text).toISOString());
