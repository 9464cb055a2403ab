/** A page of a list, and the key of the next; null when this was the last. */
export interface Page<T> {
  items: T[];
  nextKey: string | null;
}

/** A page also ends once its payloads and answers come to this many characters. */
export const MAX_PAGE_LENGTH = 4 * 1024 * 1024;

/** A row that a page can be made of. */
interface PagedRow {
  id: number;
  payload: string;
  responseBody?: string | null;
}

/**
 * Takes one page off a list. `lastId` is the last row taken when there are more behind it, else null:
 * one row further is read to tell, so that no page is ever empty for nothing.
 */
export async function takePage<Row extends PagedRow, T>(
  rows: Iterable<Row> | AsyncIterable<Row>,
  limit: number,
  show: (row: Row) => T,
): Promise<{ page: T[]; lastId: number | null }> {
  const page: T[] = [];
  let length = 0;
  let lastId: number | null = null;
  for await (const row of rows) {
    if (page.length === limit || length >= MAX_PAGE_LENGTH) return { page, lastId };
    length += row.payload.length + (row.responseBody?.length ?? 0);
    page.push(show(row));
    lastId = row.id;
  }
  return { page, lastId: null };
}
