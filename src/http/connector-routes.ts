import { Elysia } from "elysia";
import { z } from "zod";
import { environments } from "../database/schema.ts";
import { type Connectors, POLL_PATIENCE_MS } from "../intake/connectors.ts";
import { MAX_CONNECTORS_PER_CUSTOMER } from "../intake/save-connector.ts";
import {
  checkedSchema,
  connectorExample,
  connectorSchema,
  runExample,
  runSchema,
} from "./connector-schemas.ts";
import { type Credentials, customersOnly } from "./credentials.ts";
import { type Description, describe } from "./describe.ts";
import { jsonBody } from "./json-body.ts";
import { mayTake } from "./long-answer.ts";

/** Which of a customer's connectors. */
export const oneConnector = z.object({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be 1 to 63 of a-z, 0-9 and -, and not begin with -")
    .meta({ examples: ["manheim-uat"] }),
});

const putBody = z.object({
  kind: z.string().describe("Which system it speaks to, such as `manheim`."),
  environment: z
    .enum(environments)
    .describe("Where its events go; also which of the upstream's hosts is asked."),
  schedule: z
    .string()
    .optional()
    .describe("A cron expression of five fields, or six with seconds, in UTC. Default: every five minutes."),
  settings: z
    .record(z.string(), z.unknown())
    .describe("As the kind has them. Secrets that are left out stay as they are; null removes one."),
});

const statusBody = z.object({ status: z.enum(["active", "paused"]) });

/** The answer to a poll goes out after its patience; the rest is for the way. */
const POLL_ANSWER_SECONDS = POLL_PATIENCE_MS / 1000 + 30;

/** A customer's ways into upstream systems. */
export function connectorRoutes(parts: { connectors: Connectors; credentials: Credentials }) {
  const { connectors, credentials } = parts;
  return new Elysia({ prefix: "/connectors" })
    .use(customersOnly(credentials))
    .get("/", async ({ customer }) => ({ connectors: await connectors.list(customer.id) }), {
      detail: listDetail,
    })
    .get("/:name", ({ customer, params }) => connectors.read(customer.id, params.name), {
      params: oneConnector,
      detail: readDetail,
    })
    .delete(
      "/:name",
      async ({ customer, params }) => {
        await connectors.remove(customer.id, params.name);
        return new Response(null, { status: 204 });
      },
      { parse: "none", params: oneConnector, detail: removeDetail },
    )
    .post(
      "/:name/poll",
      async ({ customer, params, request, server, status }) => {
        mayTake(POLL_ANSWER_SECONDS, { server, request });
        const { run, isOver } = await connectors.poll(customer.id, params.name);
        return status(isOver ? 200 : 202, run);
      },
      { parse: "none", params: oneConnector, detail: pollDetail },
    )
    .get("/:name/runs", ({ customer, params }) => ({ runs: connectors.runs(customer.id, params.name) }), {
      params: oneConnector,
      detail: runsDetail,
    })
    .use(jsonBody) // from here on; the routes above look at no body
    .put(
      "/:name",
      async ({ customer, params, body, status }) =>
        status(201, await connectors.put(customer.id, params.name, body)),
      { params: oneConnector, body: putBody, detail: putDetail },
    )
    .patch(
      "/:name/status",
      async ({ customer, params, body }) => {
        await connectors.setStatus(customer.id, params.name, body.status);
        return new Response(null, { status: 204 });
      },
      { params: oneConnector, body: statusBody, detail: statusDetail },
    );
}

const common = { tag: "Connectors", auth: "customer" } satisfies Partial<Description>;

const ofOne = ["invalid_input", "customer_disabled", "connector_not_found"] as const;

const listDetail = describe({
  ...common,
  summary: "List your connectors",
  answers: {
    200: {
      description: "By name.",
      schema: z.object({ connectors: z.array(connectorSchema) }),
      example: { connectors: [connectorExample] },
    },
  },
  problems: ["customer_disabled"],
});

const readDetail = describe({
  ...common,
  summary: "Read a connector",
  answers: {
    200: {
      description: "How it is set and how it fares.",
      schema: connectorSchema,
      example: connectorExample,
    },
  },
  problems: [...ofOne],
});

const putDetail = describe({
  ...common,
  summary: "Create or change a connector",
  description: `Its credentials are tried at once, and the answer says whether they work; an upstream that is down is no reason to refuse. Where kind, environment or the upstream's host differ from before it begins anew: with another id, remembering nothing, and all secrets must be given. At most ${MAX_CONNECTORS_PER_CUSTOMER} for each customer.`,
  body: {
    schema: putBody,
    example: {
      kind: "manheim",
      environment: "sandbox",
      schedule: "*/5 * * * *",
      settings: { key: "my-key", secret: "…", username: "me", password: "…" },
    },
  },
  answers: {
    201: {
      description: "The connector as it is now.",
      schema: checkedSchema,
      example: { ...connectorExample, check: { ok: true, detail: "the upstream takes these credentials" } },
    },
  },
  problems: ["invalid_input", "refused_upstream", "customer_disabled"],
});

const removeDetail = describe({
  ...common,
  summary: "Delete a connector",
  description: "Its polls and webhooks end at once; the events that it brought stay.",
  answers: { 204: { description: "Deleted." } },
  problems: [...ofOne],
});

const statusDetail = describe({
  ...common,
  summary: "Pause or resume a connector",
  description:
    "A paused one is polled by hand only; to its webhooks the hub answers 503, so that they are sent again.",
  body: { schema: statusBody, example: { status: "paused" } },
  answers: { 204: { description: "Done." } },
  problems: [...ofOne],
});

const pollDetail = describe({
  ...common,
  summary: "Poll now",
  description:
    "Where a run is under way already, this is the one after it. Also tries again what waits for a person. Takes no body.",
  answers: {
    200: { description: "The run, complete or not.", schema: runSchema, example: runExample },
    202: {
      description: "It goes on after 200 seconds; the list of runs will tell its end.",
      schema: runSchema,
      example: { ...runExample, status: "running", finishedAt: null, complete: false },
    },
  },
  problems: [...ofOne, "not_ready"],
});

const runsDetail = describe({
  ...common,
  summary: "List a connector's runs",
  answers: {
    200: {
      description: "The last 100, newest first.",
      schema: z.object({ runs: z.array(runSchema) }),
      example: { runs: [runExample] },
    },
  },
  problems: [...ofOne],
});
