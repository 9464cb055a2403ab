import type { z } from "zod";
import { Problem, toInputErrors } from "../problems.ts";

/** What the schema makes of input that did not come through a route. @throws Problem invalid_input */
export function validInput<T>(schema: z.ZodType<T>, input: unknown, place = ""): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new Problem("invalid_input", { errors: toInputErrors(result.error.issues, place) });
}
