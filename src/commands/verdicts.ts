import { type Undone, type UpstreamWords, upstreamRefusal } from "../connectors/command.ts";
import { UpstreamError } from "../connectors/upstream-error.ts";
import { OutOfTime, Stopped } from "./in-time.ts";

/** Whether a failure is one that commands are made for; any other is a bug of ours. */
export const isForeseen = (error: unknown): boolean =>
  error instanceof UpstreamError || error instanceof OutOfTime || error instanceof Stopped;

/** What a failure means for the command that met it, by whether its request may have gone out. */
export function verdictOn(error: unknown, isSent: boolean): Undone {
  if (isSent) return { outcome: "unknown", code: "upstream_failed", detail: lost(error) };
  if (!(error instanceof UpstreamError)) return notDone("Nothing was sent: time was up before that.");
  const { status, message } = error;
  const upstream = status === null ? null : wordsOf(error, status);
  const code = upstreamRefusal(status);
  return {
    outcome: code === null ? "not-done" : "refused",
    code: code ?? "upstream_failed",
    detail: `Nothing was sent: ${message}.`,
    ...(upstream && { upstream }),
  };
}

const wordsOf = ({ upstreamCode, upstreamMessage }: UpstreamError, status: number): UpstreamWords => ({
  status,
  errorCode: upstreamCode,
  message: upstreamMessage,
});

const notDone = (detail: string): Undone => ({ outcome: "not-done", code: "upstream_failed", detail });

function lost(error: unknown): string {
  const why = error instanceof UpstreamError ? `: ${error.message}` : "";
  return `The request was sent, and what became of it could not be learned${why}.`;
}
