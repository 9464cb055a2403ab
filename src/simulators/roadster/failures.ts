import { failures as general, json } from "../dealerauction/failures.ts";
import type { Failure } from "../failure.ts";

/** Everything that goes wrong with Roadster or on the way to it (UPSTREAMS 4 and 7), by name. */
export const failures = {
  ...general,
  unauthorized: refusal(401, "Invalid API key"),
  forbidden: refusal(403, "Dealer is not provisioned for this API key"),
  notFound: refusal(404, "Not found"),
  conflict: refusal(409, "Conflict"),
  badRequest: refusal(400, "Missing email"),
  /** A mistake under the status of a success. */
  errorWithin200: refusal(200, "Missing email"),
} satisfies Record<string, Failure>;

export type FailureName = keyof typeof failures;

function refusal(status: number, error: string): Failure {
  const body = JSON.stringify({ status: "error", error });
  return { hasEffect: false, spoil: () => json(status, body) };
}
