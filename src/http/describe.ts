import type { DocumentDecoration } from "elysia";
import type { z } from "zod";
import type { ProblemCode } from "../problems.ts";

/** The parts of the API, in the order the documentation shows them. */
export const tags = {
  Accounts: "Signing up, logging in, and who one is.",
  Session: "Signing in with a cookie, as the console does.",
  Subscriptions: "Which events go to which webhook.",
  Overview: "What comes in and goes out, and what is stuck.",
  Events: "The one door for publishers, and what became of what came in.",
  Connectors: "Systems that the hub polls for a customer, and whose webhooks it takes.",
  Documents: "Files that connectors have fetched before their links expired.",
  Roadster: "What may be asked of Roadster through a connector of the kind `roadster`.",
  Deliveries: "What was sent where, attempt by attempt.",
  "Dead letters": "Deliveries that failed every attempt, and their replay.",
  "Auction ids": "Whose auctions a customer hears of.",
  "Signing secret": "The key that webhook signatures are made with.",
  "Event catalog": "The event types that the hub knows, with schema and example.",
  Health: "Whether the hub is up.",
} as const;

/** Whose credential an operation takes. */
export type Auth = "customer" | "publisher" | "none";

/** A JSON Schema, or what zod makes one of. */
export type DescribedSchema = z.ZodType | Record<string, unknown>;

/** A header of an answer. */
export interface DescribedHeader {
  description: string;
  example: string;
}

/** One success; without a schema it has no body. */
export interface DescribedAnswer {
  description: string;
  schema?: DescribedSchema;
  example?: unknown;
  /** JSON by default. */
  mediaType?: string;
  headers?: Record<string, DescribedHeader>;
}

/** What a request's body looks like; the schema is the route's own where it has one. */
export interface DescribedBody {
  description?: string;
  schema?: DescribedSchema;
  /** Default: true. */
  required?: boolean;
  /** One, or several by name where the body has several forms. */
  example?: unknown;
  examples?: Record<string, { summary: string; value: unknown }>;
}

/** A parameter that the route reads without a schema of its own. */
export interface DescribedParameter {
  name: string;
  in: "header" | "query" | "path";
  description: string;
  schema: Record<string, unknown>;
  required?: boolean;
  example?: unknown;
}

/** One operation, as the documentation tells it. */
export interface Description {
  tag: keyof typeof tags;
  summary: string;
  description?: string;
  auth: Auth;
  /** Default: made from method and path. */
  operationId?: string;
  /** Needed where the route takes a body; POST, PUT and PATCH without it take none. */
  body?: DescribedBody;
  /** Beside those of the route's `params`, `query` and `headers` schemas. */
  parameters?: DescribedParameter[];
  answers: Record<number, DescribedAnswer>;
  /** Those of credentials and of an unreadable request are added, and `internal_error`. */
  problems: ProblemCode[];
}

const DESCRIPTION = "x-lanehook-description";

/**
 * Describes a route for /openapi.json; goes into the route's `detail`. Nothing is made of it before the
 * document is asked for, so that a start does not pay for it.
 */
export const describe = (description: Description): DocumentDecoration =>
  // A function, because Elysia merges and copies plain objects.
  ({ [DESCRIPTION]: () => description }) as DocumentDecoration;

/** What `describe` was given; undefined for a route that is not described. */
export function descriptionOf(detail: object): Description | undefined {
  return (detail as { [DESCRIPTION]?: () => Description })[DESCRIPTION]?.();
}
