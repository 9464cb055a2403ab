import { useEffect, useRef, useState } from "react";
import { EnvironmentTag, StatusBadge } from "../parts/badge.tsx";
import { count } from "../parts/numbers.ts";
import { Empty, Failure, Loading } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { VirtualRows } from "../parts/virtual-rows.tsx";
import type { DeliveryFilter, DeliveryRow } from "./deliveries.ts";
import { useDeliveryPages } from "./pages.ts";

/** Heights of a row, px: one line, and two where the list is narrow. */
const [ONE_LINE, TWO_LINES] = [42, 64];

const NARROW = 620;

/** The endless list; while its top is in sight and nothing is open, new deliveries come in by themselves. */
export function DeliveryList(props: {
  filter: DeliveryFilter;
  /** Where a list that was full has ended, and this one goes on. */
  start: string | null;
  /** The address of the list that goes on there; null: of the one that begins with the newest. */
  addressAfter: (start: string | null) => string;
  selected: string | null;
  onOpen: (deliveryId: string) => void;
}) {
  const { filter, start, addressAfter, selected, onOpen } = props;
  const [isAtTop, setIsAtTop] = useState(true);
  const pages = useDeliveryPages({ filter, start, isFollowing: isAtTop && selected === null });
  const frame = useRef<HTMLDivElement>(null);
  const isNarrow = useIsNarrow(frame);
  const open = (index: number) => {
    const row = pages.rowAt(index);
    if (row !== undefined) onOpen(row.deliveryId);
  };
  return (
    <section
      ref={frame}
      className={isNarrow ? "card list narrow" : "card list"}
      aria-label="List of deliveries"
    >
      {start !== null && <GoneOn newest={addressAfter(null)} />}
      {pages.hasNews && (
        <button type="button" className="small news" onClick={pages.refresh}>
          Show newer deliveries
        </button>
      )}
      {pages.count === 0 ? (
        <Nothing {...pages} isFiltered={Object.keys(filter).length > 0} />
      ) : (
        <VirtualRows
          label="Deliveries"
          count={pages.count}
          rowHeight={isNarrow ? TWO_LINES : ONE_LINE}
          onSight={pages.look}
          onTop={setIsAtTop}
          onOpen={open}
          isSelected={(index) => selected !== null && pages.rowAt(index)?.deliveryId === selected}
          head={<Head />}
          row={(index) => <Cells row={pages.rowAt(index)} />}
          foot={<Foot {...pages} addressAfter={addressAfter} />}
        />
      )}
    </section>
  );
}

function Nothing(props: {
  isLoading: boolean;
  error: Error | null;
  refresh: () => void;
  isFiltered: boolean;
}) {
  const { isLoading, error, refresh, isFiltered } = props;
  if (error !== null) return <Failure what="the deliveries" error={error} retry={refresh} />;
  if (isLoading) return <Loading what="the deliveries" rows={10} />;
  return isFiltered ? (
    <Empty title="No delivery matches these filters" />
  ) : (
    <Empty title="Nothing was sent yet">
      <p>Once an event comes in that a subscription matches, its delivery stands here.</p>
    </Empty>
  );
}

/** Stands above a list that goes on where another was full. */
function GoneOn({ newest }: { newest: string }) {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) line.current?.focus(); // the link that led here is gone
  }, []);
  return (
    <p ref={line} className="gone-on" tabIndex={-1}>
      Older deliveries, from where the list before this one ended. <a href={newest}>Back to the newest</a>
    </p>
  );
}

function Foot(props: {
  count: number;
  hasMore: boolean;
  goOnAt: string | null;
  error: Error | null;
  refresh: () => void;
  addressAfter: (start: string | null) => string;
}) {
  const { count: listed, hasMore, goOnAt, error, refresh, addressAfter } = props;
  return (
    <div className="vlist-foot muted">
      {error !== null ? (
        <Failure what="more" error={error} retry={refresh} />
      ) : goOnAt !== null ? (
        <>
          {count(listed)} deliveries are listed here.{" "}
          <a href={addressAfter(goOnAt)}>Older deliveries: go on from here</a>, or go to a time above.
        </>
      ) : hasMore ? (
        "Reading more…"
      ) : (
        "That is all."
      )}
    </div>
  );
}

const COLUMNS = ["Status", "Event type", "Environment", "URL", "Tries", "Answer", "Made"];

const Head = () => (
  // biome-ignore lint/a11y/useSemanticElements: the list is no table
  <div className="vrow vhead" role="row" aria-rowindex={1} tabIndex={-1}>
    {COLUMNS.map((name) => (
      // biome-ignore lint/a11y/useSemanticElements: the list is no table
      <span key={name} role="columnheader" tabIndex={-1} className={`c-${name.split(" ")[0]?.toLowerCase()}`}>
        {name}
      </span>
    ))}
  </div>
);

function Cells({ row }: { row: DeliveryRow | undefined }) {
  if (row === undefined)
    return (
      <Cell name="status">
        <span className="muted">…</span>
      </Cell>
    );
  const { status, eventType, environment, webhookUrl, attempts, responseStatus, createdAt } = row;
  return (
    <>
      <Cell name="status">
        <StatusBadge status={status} />
      </Cell>
      <Cell name="event" title={eventType}>
        {eventType}
      </Cell>
      <Cell name="environment">
        <EnvironmentTag environment={environment} />
      </Cell>
      <Cell name="url" title={webhookUrl}>
        {webhookUrl}
      </Cell>
      <Cell name="tries">{attempts}</Cell>
      <Cell name="answer">{responseStatus ?? "–"}</Cell>
      <Cell name="made">
        <Time at={createdAt} />
      </Cell>
    </>
  );
}

const Cell = ({ name, title, children }: { name: string; title?: string; children: React.ReactNode }) => (
  // biome-ignore lint/a11y/useSemanticElements: the list is no table
  <span role="gridcell" tabIndex={-1} className={`c-${name}`} title={title}>
    {children}
  </span>
);

function useIsNarrow(frame: React.RefObject<HTMLElement | null>): boolean {
  const [isNarrow, setIsNarrow] = useState(innerWidth < NARROW);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => setIsNarrow(element.clientWidth < NARROW));
    watch.observe(element);
    return () => watch.disconnect();
  }, [frame]);
  return isNarrow;
}
