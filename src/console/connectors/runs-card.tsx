import { Badge, type Tone } from "../parts/badge.tsx";
import { count, duration } from "../parts/numbers.ts";
import { Scroll } from "../parts/scroll.tsx";
import { Empty, Reading } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { useRuns } from "./connectors.ts";

const TONES: Record<string, Tone> = { running: "info", complete: "good", failed: "bad", "cut off": "wait" };

/** What each run of a connector read, and what it brought. */
export function RunsCard({ name }: { name: string }) {
  const runs = useRuns(name);
  return (
    <section className="card" aria-label="Runs">
      <header>
        <h2>Runs</h2>
      </header>
      <Reading query={runs} what="the runs">
        {({ runs }) =>
          runs.length === 0 ? (
            <Empty title="It has not run yet" />
          ) : (
            <Scroll className="runs" label="List of runs">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Began</th>
                    <th scope="col">Result</th>
                    <th scope="col" className="right">
                      Read
                    </th>
                    <th scope="col" className="right">
                      New events
                    </th>
                    <th scope="col" className="right">
                      Took
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {runs.map(({ runId, startedAt, finishedAt, askedBy, status, items, events, error }) => (
                    <tr key={runId}>
                      <td className="no-break">
                        <Time at={startedAt} />
                        {askedBy === "customer" && <span className="muted"> by hand</span>}
                      </td>
                      <td>
                        <Badge tone={TONES[status] ?? "quiet"}>{status}</Badge>
                        {error !== null && <div className="bad-text small">{error.message}</div>}
                      </td>
                      <td className="right">{count(items)}</td>
                      <td className="right">{count(events)}</td>
                      <td className="right no-break">
                        {finishedAt === null ? "…" : duration(Date.parse(finishedAt) - Date.parse(startedAt))}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
          )
        }
      </Reading>
    </section>
  );
}
