import { useQuery } from "@tanstack/react-query";
import { Suspense } from "react";
import { later } from "../parts/later.ts";
import { counted } from "../parts/numbers.ts";
import { PageHead } from "../parts/page-head.tsx";
import { Loading, Reading } from "../parts/states.tsx";
import { Switch } from "../parts/switch.tsx";
import { useFilters } from "../shell/router.ts";
import { Attention } from "./attention.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { type Overview, overviewQuery, type Span } from "./overview.ts";
import { Tiles } from "./tiles.tsx";

const RateChart = later(async () => (await import("./rate-chart.tsx")).RateChart);

/** What came in, what went out, what is stuck, at one look. */
export function OverviewView() {
  const overview = useQuery(overviewQuery);
  const [filters, setFilters] = useFilters();
  const span: Span = filters.span === "day" ? "day" : "hour";
  return (
    <>
      <PageHead title="Overview">
        <Switch
          label="Time"
          options={[
            ["hour", "Last hour"],
            ["day", "Last day"],
          ]}
          value={span}
          onChange={(next) => setFilters({ span: next === "day" ? next : null })}
        />
      </PageHead>
      <Reading query={overview} what="the overview" rows={8}>
        {(data) => (
          <>
            <FirstSteps overview={data} />
            <Tiles overview={data} span={span} />
            <Rate overview={data} span={span} />
            <Attention overview={data} />
          </>
        )}
      </Reading>
    </>
  );
}

function Rate({ overview, span }: { overview: Overview; span: Span }) {
  const { buckets, eventsIn, delivered, failed } = overview[span];
  const told = `${counted(eventsIn, "event")} in, ${counted(delivered, "delivery", "deliveries")} out, ${failed} failed in the last ${span}`;
  return (
    <section className="card" aria-label="Rate">
      <header>
        <h2>{span === "hour" ? "Each minute" : "Each 15 minutes"}</h2>
        <ul className="legend-list">
          <li className="key-in">Events in</li>
          <li className="key-out">Delivered</li>
          <li className="key-failed">Failed</li>
        </ul>
      </header>
      <div className="chart-box">
        <Suspense fallback={<Loading what="the chart" />}>
          <RateChart buckets={buckets} span={span} label={told} />
        </Suspense>
      </div>
    </section>
  );
}
