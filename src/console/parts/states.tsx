import type { ReactNode } from "react";
import { Button } from "./button.tsx";

/** Stands where something is being read. */
export const Loading = ({ what, rows = 3 }: { what: string; rows?: number }) => (
  <div className="loading" role="status" aria-label={`Reading ${what}`}>
    {Array.from({ length: rows }, (_, row) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: bars without identity
      <span key={row} className="bar" />
    ))}
  </div>
);

/** Stands where there is nothing yet, and says what to do about it. */
export const Empty = ({ title, children }: { title: string; children?: ReactNode }) => (
  <div className="empty">
    <p className="empty-title">{title}</p>
    {children}
  </div>
);

/** Stands where something could not be read. */
export const Failure = ({ what, error, retry }: { what: string; error: Error; retry?: () => void }) => (
  <div className="failure" role="alert">
    <p>
      <strong>Could not read {what}.</strong> {error.message}
    </p>
    {retry && <Button onClick={retry}>Try again</Button>}
  </div>
);

interface Read<T> {
  data: T | undefined;
  error: Error | null;
  refetch: () => unknown;
}

/** Shows what a query read, or that it is being read, or why it was not. */
export function Reading<T>(props: {
  query: Read<T>;
  what: string;
  rows?: number;
  children: (data: T) => ReactNode;
}) {
  const { query, what, rows, children } = props;
  if (query.data !== undefined) return children(query.data);
  if (query.error !== null)
    return <Failure what={what} error={query.error} retry={() => void query.refetch()} />;
  return <Loading what={what} {...(rows !== undefined && { rows })} />;
}
