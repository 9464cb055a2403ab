/** Failures of an upstream that a connector gets over by asking again. */
export const passingFailures = [
  "tooMany",
  "tooManyForSeconds",
  "serverError",
  "badGateway",
  "silence",
  "brokenOff",
  "brokenOffAfter",
  "htmlPage",
  "truncated",
  "slow",
] as const;

/** What a connector calls a failure that lasts, whichever its upstream is. */
export const lastingFaults = [
  ["unauthorized", "bad_credentials"],
  ["forbidden", "refused"],
  ["forbiddenByProxy", "refused"],
  ["conflict", "refused"],
  ["tooMany", "rate_limited"],
  ["tooManyForHours", "rate_limited"],
  ["serverError", "server_error"],
  ["badGateway", "server_error"],
  ["silence", "timeout"],
  ["brokenOff", "unreachable"],
  ["htmlPage", "malformed"],
  ["truncated", "malformed"],
  ["slow", "timeout"],
  ["huge", "too_large"],
] as const;
