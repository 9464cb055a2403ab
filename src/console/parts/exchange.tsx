import { Code } from "./code.tsx";
import { bytesOf, duration } from "./numbers.ts";

/** What was sent and what came back, once. */
export interface ShownExchange {
  durationMs: number;
  resolveMs: number | null;
  firstByteMs: number | null;
  requestHeaders: Record<string, string>;
  responseStatus: number | null;
  responseHeaders: Record<string, string> | null;
  responseBody: string | null;
}

/** One exchange: its times as a bar, both sides' headers, and the answer. */
export function Exchange({ exchange }: { exchange: ShownExchange }) {
  const { requestHeaders, responseStatus, responseHeaders, responseBody } = exchange;
  return (
    <div className="stack tight">
      <Timing exchange={exchange} />
      <details>
        <summary>Request headers</summary>
        <Headers headers={requestHeaders} label="Request headers" />
      </details>
      {responseStatus !== null && (
        <details>
          <summary>
            Answer: <strong>{responseStatus}</strong>
            {responseBody !== null && <span className="muted"> · {bytesOf(responseBody)}</span>}
          </summary>
          {responseHeaders !== null && <Headers headers={responseHeaders} label="Answer headers" />}
          {responseBody !== null && responseBody !== "" && (
            <Code text={responseBody} label="Answer body" isWrapped isCopied={false} />
          )}
        </details>
      )}
    </div>
  );
}

function Timing({ exchange: { durationMs, resolveMs, firstByteMs } }: { exchange: ShownExchange }) {
  const parts = [
    { name: "resolve", ms: resolveMs ?? 0 },
    { name: "first byte", ms: Math.max(0, (firstByteMs ?? durationMs) - (resolveMs ?? 0)) },
    { name: "rest", ms: firstByteMs === null ? 0 : Math.max(0, durationMs - firstByteMs) },
  ];
  return (
    <div className="timing">
      <svg className="timing-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        {parts.map(({ name, ms }, at) => (
          <rect
            key={name}
            className={`part-${at}`}
            x={(parts.slice(0, at).reduce((sum, part) => sum + part.ms, 0) / (durationMs || 1)) * 100}
            width={(ms / (durationMs || 1)) * 100}
            height="6"
          />
        ))}
      </svg>
      <p className="muted small">
        {resolveMs !== null && <>resolved in {duration(resolveMs)} · </>}
        {firstByteMs !== null && <>first byte after {duration(firstByteMs)} · </>}
        in all {duration(durationMs)}
      </p>
    </div>
  );
}

function Headers({ headers, label }: { headers: Record<string, string>; label: string }) {
  return (
    <dl className="facts headers" aria-label={label}>
      {Object.entries(headers).map(([name, value]) => (
        <div key={name}>
          <dt className="mono">{name}</dt>
          <dd className="mono">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
