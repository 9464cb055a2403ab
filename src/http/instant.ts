import { z } from "zod";

/** ISO 8601 with a zone, as milliseconds UTC. */
export const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
