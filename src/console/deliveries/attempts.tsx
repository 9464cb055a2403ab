import { Badge } from "../parts/badge.tsx";
import { Exchange } from "../parts/exchange.tsx";
import { Time } from "../parts/time.tsx";
import type { Attempt } from "./deliveries.ts";

/** Each try of a delivery in the order they were made. */
export function Attempts({ attempts }: { attempts: Attempt[] }) {
  return (
    <section className="stack tight" aria-label="Attempts">
      <h3>Attempts</h3>
      {attempts.length === 0 && <p className="muted">None yet.</p>}
      <ol className="attempts">
        {attempts.map((attempt) => (
          <li key={attempt.attempt} className={attempt.outcome === "accepted" ? "good" : "bad"}>
            <div className="line">
              <span>
                <strong>{attempt.attempt}.</strong> <Time at={attempt.at} />
              </span>
              <Badge tone={attempt.outcome === "accepted" ? "good" : "bad"}>{outcomeOf(attempt)}</Badge>
            </div>
            <Exchange exchange={attempt} />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** In words: what the receiver answered, or why it was not reached. */
function outcomeOf({ outcome, responseStatus }: Attempt): string {
  if (responseStatus !== null && outcome !== "accepted") return `HTTP ${responseStatus}`;
  return responseStatus === null ? outcome.replaceAll("_", " ") : `accepted, ${responseStatus}`;
}
