import { useEffect, useRef } from "react";
import { Badge } from "../parts/badge.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { JsonTree } from "../parts/json-tree.tsx";
import { Time } from "../parts/time.tsx";
import type { Offer } from "./offers.ts";
import { OUTCOME_TONES, type Unwell } from "./outcome.ts";

/** What a call that went well came to. */
export function Answered({ offer, answer, onClose }: { offer: Offer; answer: unknown; onClose: () => void }) {
  const words = useRef<HTMLParagraphElement>(null);
  useEffect(() => words.current?.focus(), []);
  return (
    <div className="stack">
      <p ref={words} tabIndex={-1} role="status" className="line start said">
        {offer.isQuestion !== true && <Badge tone="good">done</Badge>}
        <strong>{offer.done}</strong>
      </p>
      <Link answer={answer} />
      {linkIn(answer) === null && (
        <details open={offer.isQuestion}>
          <summary>What was answered</summary>
          <div className="code payload">
            <JsonTree value={withoutIds(answer)} />
          </div>
        </details>
      )}
      <footer>
        <button type="button" className="primary" onClick={onClose}>
          Done
        </button>
      </footer>
    </div>
  );
}

function Link({ answer }: { answer: unknown }) {
  const link = linkIn(answer);
  if (link === null) return null;
  return (
    <div className="stack tight">
      <div className="line">
        <code>{link.url}</code>
        <CopyButton text={link.url} />
      </div>
      {link.expiresAt !== undefined && (
        <p className="muted small">
          It ends <Time at={link.expiresAt} />.
        </p>
      )}
    </div>
  );
}

/** What a call that did not go well came to, and what to do then. */
export function NotWell({ unwell: { outcome, words, detail, facts } }: { unwell: Unwell }) {
  return (
    <div className={outcome === "unknown" ? "verdict wait" : "verdict bad"} role="alert">
      <p className="line start">
        <Badge tone={OUTCOME_TONES[outcome]}>{outcome}</Badge>
        <strong>{words}</strong>
      </p>
      <p>{detail}</p>
      {facts.length > 0 && (
        <dl className="facts">
          {facts.map(([name, value]) => (
            <div key={name} className="facts-row">
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

function linkIn(answer: unknown): { url: string; expiresAt?: string } | null {
  const link = answer as { url?: unknown; expiresAt?: string } | null;
  return typeof link?.url === "string" ? { ...link, url: link.url } : null;
}

/** The hub's own words stand above already. */
function withoutIds(answer: unknown): unknown {
  if (typeof answer !== "object" || answer === null) return answer;
  const { commandId: _, outcome: __, ...rest } = answer as Record<string, unknown>;
  return rest;
}
