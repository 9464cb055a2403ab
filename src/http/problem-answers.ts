import { Elysia, type ParseError, type ValidationError } from "elysia";
import { UpstreamError } from "../connectors/upstream-error.ts";
import { diskFailure, RETRY_AFTER_DISK_FAILURE_SECONDS } from "../database/commit.ts";
import { describeError, type Log } from "../log.ts";
import {
  type InputError,
  type Issue,
  Problem,
  type ProblemCode,
  problems,
  toInputErrors,
} from "../problems.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";

/** The media type of every answer that is not a success (RFC 9457). */
export const PROBLEM_MEDIA_TYPE = "application/problem+json";

/** What a problem looks like on the wire. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
  errors?: InputError[];
}

/**
 * Answers whatever a route throws as problem details, for all routes of the instance that uses it and of
 * the instances that one uses afterwards. Only what nobody foresaw is logged, and nothing of it is told.
 */
export const problemAnswers = (log: Pick<Log, "error">) =>
  new Elysia({ name: "problem-answers" }).onError({ as: "scoped" }, ({ code, error, request, route }) => {
    const problem = toProblem(code, error);
    if (problem !== null) return problemResponse(problem);
    const failure = diskFailure(error);
    if (failure !== null) {
      log.error("database.failed", { code: failure });
      return problemResponse(
        new Problem("not_ready", { retryAfterSeconds: RETRY_AFTER_DISK_FAILURE_SECONDS }),
      );
    }
    log.error("http.failed", { method: request.method, route, ...describeError(error) });
    return problemResponse(new Problem("internal_error"));
  });

/** The answer to one problem. */
export function problemResponse(problem: Problem): Response {
  const headers: Record<string, string> = { ...SECURITY_HEADERS, "content-type": PROBLEM_MEDIA_TYPE };
  if (problem.status === 401) headers["www-authenticate"] = "Bearer";
  const { retryAfterSeconds } = problem.details;
  if (retryAfterSeconds !== undefined)
    headers["retry-after"] = String(Math.max(1, Math.ceil(retryAfterSeconds)));
  return new Response(JSON.stringify(problemBody(problem)), { status: problem.status, headers });
}

/** The body of the answer to one problem. */
export function problemBody({ code, details }: Problem): ProblemBody {
  const { status, title } = problems[code];
  const { detail, errors, more } = details;
  const first = errors?.[0];
  return {
    ...more,
    type: problemType(code),
    title,
    status,
    detail: detail ?? (first ? `${first.path}: ${first.message}` : title),
    code,
    ...(errors && { errors }),
  };
}

/** Where a problem is explained, relative to the hub's own address. */
export const problemType = (code: ProblemCode): string => `/docs/problems#${code}`;

/** null: nobody foresaw this error. */
function toProblem(code: unknown, error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (error instanceof UpstreamError) return upstreamProblem(error);
  switch (code) {
    case "PARSE": {
      const { cause } = error as ParseError; // what a body parser throws comes wrapped
      return cause instanceof Problem ? cause : new Problem("malformed_json");
    }
    case "VALIDATION": {
      const invalid = error as ValidationError;
      return invalid.type === "response"
        ? null
        : new Problem("invalid_input", { errors: inputErrors(invalid) });
    }
    case "NOT_FOUND":
      return new Problem("not_found");
    case "INVALID_COOKIE_SIGNATURE":
      return new Problem("bad_request");
    default:
      return null;
  }
}

/** What a kind's look-up or command meets at its upstream, where the kind has no better problem for it. */
function upstreamProblem(error: UpstreamError): Problem {
  const { message, fault, status, upstreamCode: errorCode, upstreamMessage: errorMessage } = error;
  const more = { fault, upstreamStatus: status, errorCode, errorMessage };
  return new Problem("upstream_failed", { detail: message, more });
}

/** Body fields stand bare; the rest say where they come from. */
const PLACES: Record<string, string> = {
  body: "",
  params: "path",
  query: "query",
  headers: "header",
  cookie: "cookie",
};

interface StandardSchema {
  "~standard"?: { validate(value: unknown): { issues?: readonly Issue[] } | Promise<unknown> };
}

/** Built from the issues alone: the error's own message quotes the whole input, credentials included. */
function inputErrors(error: ValidationError): InputError[] {
  return toInputErrors(issuesOf(error), PLACES[error.type] ?? error.type);
}

function issuesOf({ validator, value }: ValidationError): readonly Issue[] {
  const { "~standard": standard } = ((validator as { schema?: object }).schema ??
    validator) as StandardSchema;
  const result = standard?.validate(value);
  return result && "issues" in result && result.issues ? result.issues : [{ message: "Invalid input" }];
}
