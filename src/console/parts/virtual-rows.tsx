import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  type UIEvent,
  useEffect,
  useRef,
  useState,
} from "react";

/** Rows beyond the edge that are drawn ahead, so that a turn of the wheel shows no gap. */
const AHEAD = 8;

interface Rows {
  label: string;
  /** Browsers do not lay out more than some 16 million px, so much more than 100,000 rows cannot be told apart. */
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
  /** Stands below the last row, outside of the grid. */
  foot?: ReactNode;
}

/** A list of which only the rows in sight are drawn, so that its length does not matter; arrows move through it. */
export function VirtualRows(props: Rows) {
  const { label, count, rowHeight, head, foot } = props;
  const box = useRef<HTMLDivElement>(null);
  const { first, last, height, scrolled } = useSight(box, props);
  const [active, setActive] = useState(0);
  const pressed = (event: KeyboardEvent) => {
    const to = event.key === "Enter" ? active : target(event.key, { active, count, height, rowHeight });
    if (to === null) return;
    event.preventDefault();
    if (event.key === "Enter") return props.onOpen(active);
    setActive(to);
    if (box.current !== null) bringIntoSight(box.current, to, rowHeight);
  };
  const indexes = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
  const reachable = Math.max(first, Math.min(active, last));
  return (
    <div ref={box} className="vlist" onScroll={scrolled}>
      {/* biome-ignore lint/a11y/useSemanticElements: a table cannot leave rows out */}
      <div role="grid" tabIndex={-1} aria-label={label} aria-rowcount={count + 1} onKeyDown={pressed}>
        {head}
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        <div className="vlist-body" role="rowgroup" style={{ height: count * rowHeight }}>
          {indexes.map((index) => (
            <Row
              key={index}
              {...props}
              index={index}
              isReachable={index === reachable}
              onClick={() => {
                setActive(index);
                props.onOpen(index);
              }}
            />
          ))}
        </div>
      </div>
      {foot}
    </div>
  );
}

function Row(props: Rows & { index: number; isReachable: boolean; onClick: () => void }) {
  const { index, rowHeight, isReachable, isSelected, row, onClick } = props;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot leave rows out
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself hears the keys
    <div
      role="row"
      data-row={index}
      aria-rowindex={index + 2}
      aria-selected={isSelected(index)}
      tabIndex={isReachable ? 0 : -1}
      className="vrow"
      style={{ transform: `translateY(${index * rowHeight}px)`, height: rowHeight }}
      onClick={onClick}
    >
      {row(index)}
    </div>
  );
}

/** Which rows are to be drawn, as the list is scrolled and sized. */
function useSight(box: RefObject<HTMLDivElement | null>, { count, rowHeight, onSight, onTop }: Rows) {
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const first = Math.max(0, Math.floor(top / rowHeight) - AHEAD);
  const last = Math.min(count - 1, Math.ceil((top + height) / rowHeight) + AHEAD);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => setHeight(element.clientHeight));
    watch.observe(element);
    return () => watch.disconnect();
  }, [box]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: told when the rows in sight change
  useEffect(() => onSight(first, Math.max(first, last)), [first, last]);
  const scrolled = ({ currentTarget }: UIEvent<HTMLDivElement>) => {
    setTop(currentTarget.scrollTop);
    onTop(currentTarget.scrollTop < rowHeight);
  };
  return { first, last, height, scrolled };
}

/** The row that a key leads to; null: the key leads nowhere. */
function target(
  key: string,
  { active, count, height, rowHeight }: { active: number; count: number; height: number; rowHeight: number },
): number | null {
  const page = Math.max(1, Math.floor(height / rowHeight) - 2);
  const steps: Record<string, number> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + page,
    PageUp: active - page,
    Home: 0,
    End: count - 1,
  };
  const to = steps[key];
  return to === undefined ? null : Math.max(0, Math.min(count - 1, to));
}

/** Scrolls as far as needed, and gives the row the focus. */
function bringIntoSight(box: HTMLElement, index: number, rowHeight: number): void {
  const headHeight = box.querySelector(".vhead")?.clientHeight ?? 0;
  const [from, to] = [index * rowHeight, (index + 1) * rowHeight];
  if (from < box.scrollTop) box.scrollTop = from;
  if (to > box.scrollTop + box.clientHeight - headHeight) box.scrollTop = to - box.clientHeight + headHeight;
  const focus = () => box.querySelector<HTMLElement>(`[data-row="${index}"]`)?.focus();
  if (box.querySelector(`[data-row="${index}"]`) !== null) focus();
  else requestAnimationFrame(focus); // it is drawn once the list has scrolled
}
