/** What can be wrong with an upstream, in words for a person; the code is stable. */
export const upstreamFaults = {
  blocked: "lanehook does not call this address",
  foreign_link: "the upstream sent a link to another host, which was not followed",
  unreachable: "the upstream cannot be reached",
  timeout: "the upstream did not answer in time",
  too_large: "the upstream's answer is larger than is read",
  malformed: "the upstream's answer cannot be understood",
  server_error: "the upstream reports an error of its own",
  rate_limited: "the upstream asks for fewer requests",
  quota_used_up: "the upstream's daily quota is used up",
  refused: "the upstream refused the request",
  bad_credentials: "the upstream does not take these credentials",
  not_a_service: "the upstream knows no such service; check the base URL and paths",
} as const;

export type UpstreamFault = keyof typeof upstreamFaults;

/** Faults that no waiting mends: scheduled runs stop until a person polls by hand or changes the settings. */
const CONFIGURATION_FAULTS: readonly UpstreamFault[] = ["blocked", "bad_credentials", "not_a_service"];

/** A failure of the upstream, as data for the run's record; never holds a credential. */
export class UpstreamError extends Error {
  override name = "UpstreamError";
  readonly fault: UpstreamFault;
  /** The status it answered with, where it did. */
  readonly status: number | null;
  /** Not to be asked again before this instant, ms UTC; null: as the backoff says. */
  readonly retryAt: number | null;
  /** The upstream's own code and sentence where it gave them, cut and without anything personal. */
  readonly upstreamCode: string | null;
  readonly upstreamMessage: string | null;

  constructor(
    fault: UpstreamFault,
    detail: string,
    more: { status?: number; retryAt?: number; upstreamCode?: string; upstreamMessage?: string } = {},
  ) {
    super(`${upstreamFaults[fault]}: ${detail}`);
    this.fault = fault;
    this.status = more.status ?? null;
    this.retryAt = more.retryAt ?? null;
    this.upstreamCode = more.upstreamCode ?? null;
    this.upstreamMessage = more.upstreamMessage ?? null;
  }

  get isConfiguration(): boolean {
    return CONFIGURATION_FAULTS.includes(this.fault);
  }
}
