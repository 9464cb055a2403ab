import { Problem, type ProblemCode, type ProblemDetails, problems } from "../problems.ts";
import type { Description } from "./describe.ts";
import { MAX_JSON_BODY_BYTES } from "./json-body.ts";
import { PROBLEM_MEDIA_TYPE, problemBody } from "./problem-answers.ts";

type Json = Record<string, unknown>;

/** The answers to everything that can go wrong in an operation, by status. */
export function toProblemResponses(description: Description, method: string): Json {
  const codes = allProblems(description, method);
  const byStatus: Record<number, ProblemCode[]> = {};
  for (const code of codes) {
    const { status } = problems[code];
    byStatus[status] = [...(byStatus[status] ?? []), code];
  }
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, ofStatus]) => [status, toProblemAnswer(Number(status), ofStatus)]),
  );
}

function allProblems({ auth, body, problems: own }: Description, method: string): Set<ProblemCode> {
  const codes = new Set<ProblemCode>(auth === "none" ? [] : ["missing_credentials", "invalid_credentials"]);
  if (auth === "customer" && method !== "get") codes.add("cross_site");
  if (body) for (const code of BODY_PROBLEMS) codes.add(code);
  for (const code of own) codes.add(code);
  for (const code of ANY_PROBLEMS) codes.add(code);
  return codes;
}

/** Any URL may have a % that means nothing, and any answer may need what the disk does not give. */
const ANY_PROBLEMS: ProblemCode[] = ["bad_request", "internal_error", "not_ready"];

const BODY_PROBLEMS: ProblemCode[] = ["malformed_json", "request_too_large", "unsupported_form"];

function toProblemAnswer(status: number, codes: ProblemCode[]): Json {
  const headers = PROBLEM_HEADERS[status];
  return {
    description: codes.map((code) => problems[code].title).join(" · "),
    ...(headers && { headers }),
    content: {
      [PROBLEM_MEDIA_TYPE]: {
        schema: { $ref: "#/components/schemas/Problem" },
        examples: Object.fromEntries(
          codes.map((code) => [code, { summary: problems[code].title, value: exampleOf(code) }]),
        ),
      },
    },
  };
}

const RETRY_AFTER = {
  "Retry-After": {
    description: "Seconds after which to try again.",
    schema: { type: "integer" },
    example: 30,
  },
};

const PROBLEM_HEADERS: Record<number, Json> = {
  401: {
    "WWW-Authenticate": {
      description: "The scheme that works here.",
      schema: { type: "string" },
      example: "Bearer",
    },
  },
  429: RETRY_AFTER,
  503: RETRY_AFTER,
};

const EXAMPLE_DETAILS: { [Code in ProblemCode]?: ProblemDetails } = {
  invalid_input: { errors: [{ path: "webhookUrl", message: "Invalid URL" }] },
  listing_state: {
    detail:
      "Only a listing that is PROVISIONAL and has a bid can be marked as sold; this one is IN_PROGRESS with 2 bids.",
    more: {
      commandId: "0199b1c4-7a53-7b1a-8e60-0d9a4c1f2b3c",
      outcome: "refused",
      found: { status: "IN_PROGRESS", bids: 2, salePrice: null },
    },
  },
  request_too_large: { detail: `A body here may have at most ${MAX_JSON_BODY_BYTES} bytes.` },
};

const exampleOf = (code: ProblemCode) => problemBody(new Problem(code, EXAMPLE_DETAILS[code]));

/** The shape of every problem. */
export const problemSchema: Json = {
  type: "object",
  description: "A mistake, as RFC 9457 problem details.",
  required: ["type", "title", "status", "detail", "code"],
  properties: {
    type: { type: "string", format: "uri-reference", description: "Where the problem is explained." },
    title: { type: "string", description: "The problem in one sentence; the same each time." },
    status: { type: "integer", description: "The HTTP status." },
    detail: { type: "string", description: "One sentence on this very case." },
    code: { type: "string", enum: Object.keys(problems), description: "Stable, for programs." },
    errors: {
      type: "array",
      description: "The single inputs that are wrong.",
      items: {
        type: "object",
        required: ["path", "message"],
        properties: {
          path: { type: "string", description: "A body field, or `query.…`, `path.…`, `header.…`." },
          message: { type: "string" },
        },
      },
    },
    fault: { type: "string", description: "What is wrong with an upstream, in one word." },
    upstreamStatus: { type: ["integer", "null"], description: "The HTTP status that an upstream answered." },
    errorCode: { type: ["string", "null"], description: "An upstream's own code for what is wrong." },
    errorMessage: { type: ["string", "null"], description: "An upstream's own words for it." },
    commandId: { type: "string", description: "Of a command: its id in the list of commands." },
    outcome: {
      type: "string",
      enum: ["refused", "not-done", "unknown"],
      description: "Of a command: what became of it; `unknown` where that could not be learned yet.",
    },
    found: { type: "object", description: "Of a command: the state that was found instead." },
  },
};
