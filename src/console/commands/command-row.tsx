import { useState } from "react";
import { Badge } from "../parts/badge.tsx";
import { JsonTree } from "../parts/json-tree.tsx";
import { Time } from "../parts/time.tsx";
import type { Command } from "./commands.ts";
import { offersOf } from "./offers.ts";
import { OUTCOME_TONES, OUTCOME_WORDS } from "./outcome.ts";

/** One command: who asked for what, and what became of it; its detail opens below. */
export function CommandRow({ command, kind }: { command: Command; kind: string }) {
  const { name, target, askedBy, createdAt, outcome, answer } = command;
  const [isOpen, setIsOpen] = useState(false);
  const label = offersOf(kind).find((offer) => offer.name === name)?.label ?? name;
  const { detail } = (answer ?? {}) as { detail?: unknown };
  return (
    <li className="block">
      <div className="line">
        <div className="grow">
          <strong>{label}</strong> <span className="mono break">{target}</span>
          <div className="muted small">
            {askedBy}, <Time at={createdAt} isPast />
          </div>
        </div>
        <Badge tone={OUTCOME_TONES[outcome]}>{outcome}</Badge>
      </div>
      {outcome !== "done" && (
        <p className={outcome === "running" || outcome === "unknown" ? "wait-text small" : "bad-text small"}>
          {OUTCOME_WORDS[outcome]} {typeof detail === "string" && detail}
        </p>
      )}
      <details onToggle={(toggled) => setIsOpen(toggled.currentTarget.open)}>
        <summary className="small">Detail</summary>
        {isOpen && <Detail command={command} />}
      </details>
    </li>
  );
}

function Detail({ command }: { command: Command }) {
  const { commandId, createdAt, sentAt, settledAt, idempotencyKey, request, answer } = command;
  return (
    <div className="stack tight">
      <dl className="facts">
        <Moment name="Asked" at={createdAt} />
        <Moment name="Sent" at={sentAt} otherwise="nothing was sent" />
        <Moment name="Settled" at={settledAt} otherwise="not yet" />
        <dt>Command id</dt>
        <dd className="mono">{commandId}</dd>
        <dt>Idempotency-Key</dt>
        <dd className="mono">{idempotencyKey ?? "none was given"}</dd>
      </dl>
      <Tree title="What was asked" value={request} />
      {answer !== null && <Tree title="What was answered" value={answer} />}
    </div>
  );
}

function Moment({ name, at, otherwise = "" }: { name: string; at: string | null; otherwise?: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{at === null ? <span className="muted">{otherwise}</span> : <Time at={at} isPast />}</dd>
    </>
  );
}

const Tree = ({ title, value }: { title: string; value: unknown }) => (
  <section className="stack tight" aria-label={title}>
    <h3>{title}</h3>
    <div className="code payload">
      <JsonTree value={value} />
    </div>
  </section>
);
