/** How something fares, from fine to bad. */
export type Tone = "good" | "bad" | "wait" | "quiet" | "info";

/** A word on the state of something; the colour never tells it alone. */
export const Badge = ({ tone, children }: { tone: Tone; children: string }) => (
  <span className={`badge ${tone}`}>{children}</span>
);

const DELIVERY: Record<string, Tone> = {
  pending: "wait",
  retrying: "wait",
  success: "good",
  failed: "bad",
  cancelled: "quiet",
};

/** The state of a delivery. */
export const StatusBadge = ({ status }: { status: string }) => (
  <Badge tone={DELIVERY[status] ?? "quiet"}>{status}</Badge>
);

/** Which of the two environments. */
export const EnvironmentTag = ({ environment }: { environment: string }) => (
  <span className={`tag ${environment}`}>{environment}</span>
);
