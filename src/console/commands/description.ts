import { queryOptions } from "@tanstack/react-query";
import { readDescription } from "../api/client.ts";
import type { Operation } from "./input-schema.ts";
import type { Offer } from "./offers.ts";

interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
}

/** The API's own description; it does not change while a hub runs, and a new hub has a new page. */
export const descriptionQuery = queryOptions({
  queryKey: ["description"],
  queryFn: async () => (await readDescription()) as OpenApi,
  staleTime: Number.POSITIVE_INFINITY,
});

/** Where all that is asked through a connector stands in the API. */
const CONNECTOR = "/api/connectors/{name}";

/** How the API describes an offer. @throws Error where it does not */
export function operationOf({ paths }: OpenApi, { path, method }: Pick<Offer, "path" | "method">): Operation {
  const operation = paths[CONNECTOR + path]?.[method];
  if (operation === undefined) throw new Error(`This hub has no ${method.toUpperCase()} ${path}.`);
  return operation;
}
