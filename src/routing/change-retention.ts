import type { Database } from "bun:sqlite";
import { BATCH, oldestFirst, type Retention } from "../delivery/sweep.ts";
import type { Clock } from "../seams.ts";

/**
 * Prepares what a sweep removes of the record of changes: those that came before every stored event, but for the last
 * of each subject, which tells how things have stood since.
 */
export function openChangeRetention(parts: {
  sqlite: Database;
  seams: { clock: Pick<Clock, "monotonic"> };
}): Retention {
  const { sqlite, seams } = parts;
  const oldestEvent = sqlite.prepare<{ at: number | null }, []>("SELECT min(admitted_at) AS at FROM events");
  const after = sqlite.prepare<{ at: number; id: number; isOvertaken: 0 | 1 }, [number, number, number]>(
    `SELECT at, id, EXISTS (SELECT 1 FROM changes AS later
         WHERE later.customer_id = c.customer_id AND later.subject = c.subject AND later.subject_key = c.subject_key
           AND (later.at, later.id) > (c.at, c.id) AND later.at < ?3) AS isOvertaken
     FROM changes AS c WHERE (at, id) > (?1, ?2) AND at < ?3 ORDER BY at, id LIMIT ${BATCH}`,
  );
  const remove = sqlite.prepare("DELETE FROM changes WHERE id = ?");

  return ({ settled, deadLetters }) => [
    oldestFirst(seams.clock, {
      after: ({ at, id }) =>
        after.all(at, id, Math.min(settled, deadLetters, oldestEvent.get()?.at ?? settled)),
      sweep: ({ id, isOvertaken }) => ({
        removed: isOvertaken ? remove.run(id).changes : 0,
        isDone: true,
      }),
    }),
  ];
}
