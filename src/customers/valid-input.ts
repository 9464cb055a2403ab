import type { z } from "zod";
import { Problem } from "../problems.ts";

/** What the schema makes of input that did not come through a route. @throws Problem invalid_input */
export function validInput<T>(schema: z.ZodType<T>, input: unknown, place = ""): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const errors = result.error.issues.map(({ path, message }) => ({
    path: [place, ...path.map(String)].filter((part) => part !== "").join("."),
    message,
  }));
  throw new Problem("invalid_input", { errors });
}
