import { Badge, type Tone } from "../parts/badge.tsx";
import { Time } from "../parts/time.tsx";
import { type Command, useCommands } from "./connectors.ts";

const TONES: Record<Command["outcome"], Tone> = {
  running: "info",
  done: "good",
  refused: "bad",
  "not-done": "bad",
  unknown: "wait",
};

/** What was asked of the upstream through a connector, and what became of it; none is ever sent twice. */
export function CommandsCard({ name }: { name: string }) {
  const kept = useCommands(name);
  const commands = kept.data?.commands ?? [];
  if (commands.length === 0) return null;
  return (
    <section className="card" aria-label="Commands">
      <header>
        <h2>Commands</h2>
      </header>
      <ul className="rows">
        {commands.map(({ commandId, name, target, askedBy, createdAt, outcome, answer }) => (
          <li key={commandId}>
            <div className="grow">
              <strong>{name}</strong> <span className="mono break">{target}</span>
              <div className="muted small">
                {askedBy}, <Time at={createdAt} />
              </div>
              {outcome !== "done" && answer !== null && (
                <div className="bad-text small mono">{JSON.stringify(answer)}</div>
              )}
            </div>
            <Badge tone={TONES[outcome]}>{outcome}</Badge>
          </li>
        ))}
      </ul>
    </section>
  );
}
