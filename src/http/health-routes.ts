import { Elysia } from "elysia";
import { z } from "zod";
import { describe } from "./describe.ts";

/** Whether the hub is up, for load balancers and `lanehook health`. */
export const healthRoutes = () =>
  new Elysia().get("/health", () => ({ status: "ok" }) as const, {
    detail: describe({
      tag: "Health",
      summary: "Whether the hub is up",
      auth: "none",
      answers: {
        200: {
          description: "It is.",
          schema: z.object({ status: z.literal("ok") }),
          example: { status: "ok" },
        },
      },
      problems: [],
    }),
  });
