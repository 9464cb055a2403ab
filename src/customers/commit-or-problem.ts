import type { GroupCommit, Work } from "../database/commit.ts";
import { Problem } from "../problems.ts";

/**
 * Commits work that returns, rather than throws, what it refuses, and throws it afterwards: a throw inside would
 * undo the works that share the commit and make each of them run again alone. Such work refuses before it writes.
 */
export async function commitOrProblem<T>(commits: GroupCommit, work: Work<T | Problem>): Promise<T> {
  const result = await commits.run(work);
  if (result instanceof Problem) throw result;
  return result;
}
