import { PROBLEM_MEDIA_TYPE } from "../../src/http/problem-answers.ts";

/** The status and code of a refusal, such as `409 already_replayed`; any other answer is shown as it is. */
export function problemIn(answer: { status: number; headers: Headers; text: string }): string {
  const { status, headers, text } = answer;
  if (headers.get("content-type") !== PROBLEM_MEDIA_TYPE) return `${status} is no problem: ${text}`;
  const problem = JSON.parse(text);
  return problem.status === status ? `${status} ${problem.code}` : `${status} tells ${problem.status}`;
}
