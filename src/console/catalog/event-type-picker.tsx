import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Field } from "../parts/field.tsx";
import { count, counted } from "../parts/numbers.ts";
import { Reading } from "../parts/states.tsx";
import { catalogQuery, type Group, groupsOf, matchCount, searched } from "./catalog.ts";

interface Chosen {
  value: string;
  onChange: (pattern: string) => void;
}

/** Chooses an event type, a namespace or everything: from the catalog, or by typing what it does not have. */
export function EventTypePicker(props: Chosen & { mistake?: string | undefined }) {
  const { value, onChange, mistake } = props;
  const catalog = useQuery(catalogQuery);
  const groups = catalog.data === undefined ? null : groupsOf(catalog.data);
  return (
    <div className="stack tight">
      <Field
        label="Event type or pattern"
        name="eventType"
        value={value}
        onChange={(event) => onChange(event.target.value.trim())}
        placeholder="ae.asset.*"
        className="mono"
        autoComplete="off"
        required
        mistake={mistake}
        help={
          groups === null || value === ""
            ? "A name, a namespace such as ae.asset.*, or *"
            : told(groups, value)
        }
      />
      <Reading query={catalog} what="the catalog">
        {(listing) => <Tree groups={groupsOf(listing)} value={value} onChange={onChange} />}
      </Reading>
    </div>
  );
}

function told(groups: readonly Group[], pattern: string) {
  const matched = matchCount(groups, pattern);
  if (matched > 0) return `Matches ${counted(matched, "event type")} of the catalog.`;
  return (
    <span className="wait-text">
      The catalog knows no event type that this matches; such events are delivered all the same, where they
      come.
    </span>
  );
}

function Tree({ groups, value, onChange }: Chosen & { groups: Group[] }) {
  const [search, setSearch] = useState("");
  const name = useId();
  const shown = searched(groups, search);
  const radio = (pattern: string, text: string) => (
    <label key={pattern} className="tick tree-item">
      <input type="radio" name={name} checked={value === pattern} onChange={() => onChange(pattern)} />
      <span className="mono">{text}</span>
    </label>
  );
  return (
    <fieldset className="tree">
      <legend className="unseen">Catalog</legend>
      <input
        type="search"
        aria-label="Search the catalog"
        placeholder="Search the catalog"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <div className="tree-body">
        {search === "" && radio("*", "* (everything)")}
        {shown.map((group) => (
          <details key={`${group.name} ${search === ""}`} open={search !== "" || isIn(group, value)}>
            <summary>
              {group.name} <span className="muted">{count(group.eventTypes.length)}</span>
            </summary>
            {search === "" && radio(group.pattern, `${group.pattern} (all of these)`)}
            {group.eventTypes.map((eventType) => radio(eventType, eventType))}
          </details>
        ))}
        {shown.length === 0 && <p className="muted">Nothing in the catalog has this in its name.</p>}
      </div>
    </fieldset>
  );
}

const isIn = ({ pattern, eventTypes }: Group, value: string) =>
  value === pattern || eventTypes.includes(value);
