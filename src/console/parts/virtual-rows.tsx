import { type KeyboardEvent, type ReactNode, type UIEvent, useEffect, useRef, useState } from "react";

/** Rows beyond the edge that are drawn ahead, so that a turn of the wheel shows no gap. */
const AHEAD = 8;

/** Browsers do not lay out much more than this, px. */
const MAX_HEIGHT = 12_000_000;

/** A list of which only the rows in sight are drawn, so that its length does not matter; arrows move through it. */
export function VirtualRows(props: {
  label: string;
  count: number;
  rowHeight: number;
  /** Which rows are drawn. */
  onSight: (first: number, last: number) => void;
  onTop: (isAtTop: boolean) => void;
  onOpen: (index: number) => void;
  /** What stands in a row, as grid cells. */
  row: (index: number) => ReactNode;
  isSelected: (index: number) => boolean;
  head: ReactNode;
  foot?: ReactNode;
}) {
  const { label, count, rowHeight, onSight, onTop, onOpen, row, isSelected, head, foot } = props;
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const [active, setActive] = useState(0);
  const shown = Math.min(count, Math.floor(MAX_HEIGHT / rowHeight));
  const first = Math.max(0, Math.floor(top / rowHeight) - AHEAD);
  const last = Math.min(shown - 1, Math.ceil((top + height) / rowHeight) + AHEAD);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => setHeight(element.clientHeight));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: told when the rows in sight change
  useEffect(() => onSight(first, Math.max(first, last)), [first, last]);

  const scrolled = ({ currentTarget }: UIEvent<HTMLDivElement>) => {
    setTop(currentTarget.scrollTop);
    onTop(currentTarget.scrollTop < rowHeight);
  };

  const moveTo = (index: number) => {
    const next = Math.max(0, Math.min(shown - 1, index));
    setActive(next);
    const element = box.current;
    if (element === null) return;
    const [from, to] = [next * rowHeight, (next + 1) * rowHeight];
    const headHeight = element.firstElementChild?.clientHeight ?? 0;
    if (from < element.scrollTop) element.scrollTop = from;
    if (to > element.scrollTop + element.clientHeight - headHeight)
      element.scrollTop = to - element.clientHeight + headHeight;
    const focus = () => element.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus();
    if (element.querySelector(`[data-row="${next}"]`) !== null) focus();
    else requestAnimationFrame(focus); // it is drawn once the list has scrolled
  };

  const pressed = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(height / rowHeight) - 2);
    const steps: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: shown - 1,
    };
    const to = steps[event.key];
    if (to === undefined && event.key !== "Enter") return;
    event.preventDefault();
    if (to === undefined) onOpen(active);
    else moveTo(to);
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot leave rows out
    <div
      ref={box}
      className="vlist"
      role="grid"
      aria-label={label}
      aria-rowcount={count + 1}
      onScroll={scrolled}
      onKeyDown={pressed}
    >
      {head}
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <div className="vlist-body" role="rowgroup" style={{ height: shown * rowHeight }}>
        {Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at).map((index) => (
          // biome-ignore lint/a11y/useSemanticElements: see above
          // biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself hears the keys
          <div
            key={index}
            role="row"
            data-row={index}
            aria-rowindex={index + 2}
            aria-selected={isSelected(index)}
            tabIndex={index === Math.max(first, Math.min(active, last)) ? 0 : -1}
            className="vrow"
            style={{ transform: `translateY(${index * rowHeight}px)`, height: rowHeight }}
            onClick={() => {
              setActive(index);
              onOpen(index);
            }}
          >
            {row(index)}
          </div>
        ))}
      </div>
      {foot}
    </div>
  );
}
