import { z } from "zod";

const DEFAULT_LIMIT = 50;

/** Rows a page has at most. */
export const MAX_LIMIT = 200;

/** The paging part of a list's query: `limit` is never clamped, a wrong one is refused. */
export const pagingQuery = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_LIMIT)
    .default(DEFAULT_LIMIT)
    .meta({ examples: [DEFAULT_LIMIT] }),
  lastKey: z
    .string()
    .optional()
    .describe("The nextKey of the page before.")
    .meta({ examples: ["kJ3v0cQ0mB1l8w2sX5y7zA"] }),
};
