import { type Answer, type Failure, ofTheLine, toResponse } from "../failure.ts";
import { refusal } from "./answers.ts";

/** Everything that goes wrong with this upstream or on the way to it (UPSTREAMS 3 and 7), by name. */
export const failures = {
  ...ofTheLine,
  unauthorized: instead(refusal(401, "Unauthorized")),
  forbidden: instead(refusal(403, "This organization is not on your allowlist")),
  notFound: instead(refusal(404, "Not found")),
  conflict: instead(refusal(409, "Conflict")),
  tooMany: instead(refusal(429, "Too many requests")),
  tooManyForSeconds: instead(refusal(429, "Too many requests"), { "retry-after": "7" }),
  serverError: instead(refusal(500, "Internal server error")),
  serverErrorAfter: { hasEffect: true, spoil: () => toResponse(refusal(500, "Internal server error")) },
  badGateway: instead({ status: 502, body: "<html>Bad Gateway</html>", contentType: "text/html" }),
  htmlPage: instead({ status: 200, body: "<!DOCTYPE html><html>Soon</html>", contentType: "text/html" }),
  htmlPageAfter: {
    hasEffect: true,
    spoil: () =>
      toResponse({ status: 200, body: "<!DOCTYPE html><html>Soon</html>", contentType: "text/html" }),
  },
} satisfies Record<string, Failure>;

export type FailureName = keyof typeof failures;

function instead(answer: Answer, headers: Record<string, string> = {}): Failure {
  return { hasEffect: false, spoil: () => toResponse(answer, headers) };
}
