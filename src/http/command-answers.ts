import { z } from "zod";
import type { Executed } from "../commands/commands.ts";
import { ANSWER_WITHIN_MS } from "../commands/in-time.ts";
import { upstreamRefusal } from "../connectors/command.ts";
import { UpstreamError } from "../connectors/upstream-error.ts";
import { Problem, type ProblemCode } from "../problems.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";

/** A command is answered within its own time; the rest is for the way. */
export const COMMAND_ANSWER_SECONDS = ANSWER_WITHIN_MS / 1000 + 15;

const MAX_KEY_LENGTH = 256;

/** The header by which a repeat is known. @throws Problem invalid_input */
export function idempotencyKeyOf(request: Request): string | null {
  const key = request.headers.get("idempotency-key");
  if (key === null || (key !== "" && key.length <= MAX_KEY_LENGTH)) return key;
  const message = `must have 1 to ${MAX_KEY_LENGTH} characters`;
  throw new Problem("invalid_input", { errors: [{ path: "header.Idempotency-Key", message }] });
}

/** What the documentation says of that header. */
export const idempotencyKeyParameter = {
  name: "Idempotency-Key",
  in: "header",
  description:
    "Makes a repeat safe: the same request with the same key is not sent again, but gets the first outcome, as long as that is kept (RETENTION_DAYS). Keys are the connector's own.",
  schema: { type: "string", minLength: 1, maxLength: MAX_KEY_LENGTH },
  example: "sale-4711",
} as const;

/** The answer to a command that is done, with what the upstream shows under `name`, byte for byte. @throws Problem where it is not */
export function commandAnswer({ commandId, verdict }: Executed, name: string): Response {
  if (verdict.outcome === "done") {
    const json = `{"commandId":"${commandId}","outcome":"done","${name}":${verdict.answer}}`;
    return jsonAnswer(json);
  }
  const { outcome, code, detail, found, upstream } = verdict;
  const words = upstream && wordsFor(upstream.status, upstream.errorCode, upstream.message);
  throw new Problem(code, { detail, more: { commandId, outcome, ...(found && { found }), ...words } });
}

/** JSON as an upstream has sent it. */
export const jsonAnswer = (json: string): Response =>
  new Response(json, { headers: { ...SECURITY_HEADERS, "content-type": "application/json" } });

/** Throws on what an upstream refused, as a problem with its status and words; all other failures as they are. */
export function passOn(error: unknown): never {
  const code = error instanceof UpstreamError ? upstreamRefusal(error.status) : null;
  if (!(error instanceof UpstreamError) || code === null) throw error;
  const { message, status, upstreamCode, upstreamMessage } = error;
  const more = wordsFor(status, upstreamCode, upstreamMessage);
  throw new Problem(code, { detail: message, more });
}

const wordsFor = (status: number | null, errorCode: string | null, errorMessage: string | null) => ({
  upstreamStatus: status,
  errorCode,
  errorMessage,
});

/** The problems that any command may end in. */
export const commandProblems: ProblemCode[] = [
  "command_running",
  "idempotency_key_reused",
  "upstream_bad_request",
  "upstream_forbidden",
  "upstream_not_found",
  "upstream_conflict",
  "upstream_failed",
  "not_ready",
];

/** A command in the list. */
export const commandSchema = z.object({
  commandId: z.uuid(),
  name: z.string(),
  target: z.string().describe("What it is about in the upstream."),
  request: z.record(z.string(), z.unknown()),
  idempotencyKey: z.string().nullable(),
  askedBy: z.string(),
  createdAt: z.iso.datetime(),
  sentAt: z.iso.datetime().nullable().describe("When it was sent to the upstream; null: it was not."),
  settledAt: z.iso.datetime().nullable(),
  outcome: z
    .enum(["running", "done", "refused", "not-done", "unknown"])
    .describe("`unknown`: the answer was lost; the hub looks the outcome up by itself."),
  answer: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe("What the upstream showed when it was done; else why it is not."),
});
