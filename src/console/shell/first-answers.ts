import { queries } from "../api/queries.ts";
import { overviewQuery } from "../overview/overview.ts";
import { sessionOptionsQuery, sessionQuery } from "../session/session-queries.ts";
import { lastVisit } from "./visit.ts";

/**
 * Asks the hub at once for what the first view shows, and waits until it is known who is signed in. What goes
 * wrong is asked again, and told, by the view.
 */
export async function askFirst(): Promise<void> {
  const session = queries.prefetchQuery({ ...sessionQuery, retry: false });
  if (lastVisit() === "guest") void queries.prefetchQuery(sessionOptionsQuery);
  else void queries.prefetchQuery({ ...overviewQuery, retry: false });
  await session;
}
