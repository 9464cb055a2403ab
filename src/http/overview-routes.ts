import { Elysia } from "elysia";
import type { OverviewOf } from "../overview/overview.ts";
import { type Credentials, customersOnly } from "./credentials.ts";
import { describe } from "./describe.ts";
import { overviewExample, overviewSchema } from "./overview-schemas.ts";

/** How things stand, at one glance. */
export const overviewRoutes = ({
  credentials,
  overviewOf,
}: {
  credentials: Credentials;
  overviewOf: OverviewOf;
}) =>
  new Elysia()
    .use(customersOnly(credentials))
    .get("/overview", ({ customer }) => overviewOf(customer.id), { detail: overviewDetail });

const overviewDetail = describe({
  tag: "Overview",
  summary: "See how things stand",
  description:
    "Both environments together. The curves count what came in for you and what your deliveries came to; after a crash of the hub the last seconds of them may be missing. `GET /api/stream` tells the same as it changes.",
  auth: "customer",
  answers: {
    200: { description: "At this moment.", schema: overviewSchema, example: overviewExample },
  },
  problems: ["customer_disabled"],
});
