import type { ReactNode } from "react";
import { count, duration, percent } from "../parts/numbers.ts";
import { addressOf } from "../shell/router.ts";
import type { Overview, Span } from "./overview.ts";

/** The numbers that tell how the hub fares. */
export function Tiles({ overview, span }: { overview: Overview; span: Span }) {
  const { eventsIn, delivered, successShare, latencyMs } = overview[span];
  return (
    <ul className="tiles">
      <Tile label="Events in" value={count(eventsIn)} />
      <Tile
        label="Delivered"
        value={count(delivered)}
        href={addressOf("deliveries", null, { status: "success" })}
      />
      <Tile
        label="Success"
        value={successShare === null ? "–" : percent(successShare)}
        tone={successShare !== null && successShare < 0.99 ? "bad" : undefined}
      />
      <Tile
        label="Latency p50 · p99"
        title="From accepting an event to its delivery at the first attempt"
        value={latencyOf(latencyMs)}
      />
      <Tile
        label="Pending"
        value={count(overview.pending)}
        href={addressOf("deliveries", null, { status: "pending" })}
      />
      <Tile
        label="Failing subscriptions"
        value={`${count(overview.failingSubscriptions)} of ${count(overview.activeSubscriptions)}`}
        tone={overview.failingSubscriptions > 0 ? "bad" : undefined}
        href={addressOf("subscriptions")}
      />
      <Tile
        label="Dead letters"
        value={count(overview.deadLetters)}
        tone={overview.deadLetters > 0 ? "bad" : undefined}
        href={addressOf("dead-letters")}
      />
    </ul>
  );
}

const latencyOf = ({ p50, p99 }: Overview["hour"]["latencyMs"]) =>
  p50 === null || p99 === null ? "–" : `${duration(p50)} · ${duration(p99)}`;

function Tile(props: {
  label: string;
  value: string;
  title?: string;
  href?: string;
  tone?: "bad" | undefined;
}) {
  const { label, value, title, href, tone } = props;
  const inner: ReactNode = (
    <>
      <span className="tile-label">{label}</span>
      <span className={tone === "bad" ? "tile-value bad-text" : "tile-value"}>{value}</span>
    </>
  );
  return (
    <li className="card tile" title={title}>
      {href === undefined ? <div>{inner}</div> : <a href={href}>{inner}</a>}
    </li>
  );
}
