import { UpstreamError } from "../connectors/upstream-error.ts";
import { Problem } from "../problems.ts";
import { Overtaken } from "./connector-memory.ts";
import type { Failure } from "./connector-rows.ts";
import type { FailedTry } from "./next-try.ts";

/** The hub, or a person's change, ends a run before its time; the upstream is not to blame. */
export class CutOff extends Error {
  override name = "CutOff";
}

/** Why a run was not complete, and what follows from it. */
export interface FailedRun extends Failure, FailedTry {
  isCutOff: boolean;
}

/** Tells what ended a run. An error that nobody foresaw is `internal_error`, and nothing of it is told. */
export function failedRun(error: unknown, now: number): FailedRun {
  const failed = { isConfiguration: false, retryAt: null, isCutOff: false };
  if (error instanceof UpstreamError) {
    const { fault, message, isConfiguration, retryAt } = error;
    return { ...failed, code: fault, message, isConfiguration, retryAt };
  }
  if (error instanceof CutOff) {
    return { ...failed, code: "cut_off", message: error.message, isCutOff: true };
  }
  if (error instanceof Overtaken) {
    return { ...failed, code: "overtaken", message: "webhooks kept changing what was being read" };
  }
  if (error instanceof Problem && error.code === "invalid_input") {
    const message = "this version needs other settings; save them anew";
    return { ...failed, code: "invalid_settings", message, isConfiguration: true };
  }
  if (error instanceof Problem) {
    const { retryAfterSeconds } = error.details;
    const retryAt = retryAfterSeconds === undefined ? null : now + 1000 * retryAfterSeconds;
    return { ...failed, code: error.code, message: error.message, retryAt };
  }
  return { ...failed, code: "internal_error", message: "something went wrong inside the hub" };
}
