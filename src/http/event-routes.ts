import { Elysia } from "elysia";
import { z } from "zod";
import { MAX_PAYLOAD_BYTES, MAX_REQUEST_BYTES, readDrafts } from "../intake/envelopes/read-drafts.ts";
import type { Publish } from "../intake/publish.ts";
import type { Credentials } from "./credentials.ts";
import { describe } from "./describe.ts";
import { readBody } from "./json-body.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";

/** The one door for publishers. */
export function eventRoutes({ credentials, publish }: { credentials: Credentials; publish: Publish }) {
  return new Elysia({ prefix: "/events" }).post(
    "/",
    async ({ request }) => {
      const publisher = credentials.publisher(request);
      const body = await readBody(request, MAX_REQUEST_BYTES);
      const query = queryOf(request.url);
      const drafts = readDrafts({
        body,
        contentType: request.headers.get("content-type"),
        header: (name) => request.headers.get(name),
        query: (name) => query?.get(name) ?? null,
      });
      const events = await publish(drafts, { name: `publisher:${publisher.name}`, ownerId: null });
      return Response.json({ events }, { status: 202, headers: SECURITY_HEADERS });
    },
    { parse: "none", detail: publishDetail },
  );
}

/** Most requests have no query, and parsing a URL is not free. */
function queryOf(url: string): URLSearchParams | null {
  const at = url.indexOf("?");
  return at < 0 ? null : new URLSearchParams(url.slice(at + 1));
}

const admittedSchema = z.object({
  events: z.array(
    z.object({
      eventId: z.uuid().describe("The hub's own id of the event; every delivery of it carries this id."),
      eventType: z.string(),
      duplicate: z
        .boolean()
        .describe("True: its dedupe key was admitted before, and this is the first result."),
      deliveries: z.int().describe("How many deliveries were made of it."),
    }),
  ),
});

const sold = {
  "auction-id": "daanw",
  asset: { id: 12345, stock: "A12345", vin: "1HGBH41JXMN109186" },
};

const publishDetail = describe({
  tag: "Events",
  summary: "Publish events",
  description: `Answers once the events are on disk. The body is one of: the native form, an EventBridge envelope (\`detail-type\` and \`detail\`), a record with \`Data\` and \`SystemMetadata\`, a bare payload with its type in \`eventType\` or \`X-Event-Type\`, or an array of these, which is accepted whole or not at all. A payload is a JSON object of at most ${MAX_PAYLOAD_BYTES} bytes, a request has at most ${MAX_REQUEST_BYTES}. Payloads reach webhooks byte for byte as they came.`,
  auth: "publisher",
  parameters: [
    {
      name: "environment",
      in: "query",
      description:
        "Where the event goes; also as the header X-Environment or in the native form. Default: production.",
      schema: { type: "string", enum: ["sandbox", "production"] },
      example: "sandbox",
    },
    {
      name: "eventType",
      in: "query",
      description: "The type of a bare payload; also as the header X-Event-Type.",
      schema: { type: "string", maxLength: 200 },
      example: "ae.asset.deal.sold.ams",
    },
    {
      name: "Idempotency-Key",
      in: "header",
      description: "A dedupe key for a single event: sent again, it gets the first result.",
      schema: { type: "string", maxLength: 256 },
      example: "sale-4711",
    },
  ],
  body: {
    schema: {
      oneOf: [{ type: "object" }, { type: "array", items: { type: "object" } }],
    },
    examples: {
      native: {
        summary: "The native form",
        value: {
          eventType: "ae.asset.deal.sold.ams",
          id: "sale-4711",
          environment: "sandbox",
          payload: sold,
        },
      },
      envelope: {
        summary: "An EventBridge envelope",
        value: {
          version: "0",
          id: "b2f9c8d0-2c6b-4b7e-9a35-1f4f7f1f7b11",
          source: "ams",
          "detail-type": "ae.asset.deal.sold.ams",
          detail: sold,
        },
      },
      array: { summary: "Several", value: [{ eventType: "ae.asset.deal.sold.ams", payload: sold }] },
    },
  },
  answers: {
    202: {
      description: "All events are on disk and on their way.",
      schema: admittedSchema,
      example: {
        events: [
          {
            eventId: "0199b1c4-7a52-7c3e-9d1f-5f0a3c2b1e4d",
            eventType: "ae.asset.deal.sold.ams",
            duplicate: false,
            deliveries: 2,
          },
        ],
      },
    },
  },
  problems: [
    "malformed_json",
    "duplicate_key",
    "payload_too_large",
    "request_too_large",
    "unsupported_form",
    "unknown_form",
    "invalid_input",
    "invalid_event_type",
    "disk_low",
    "backlog_full",
    "not_ready",
  ],
});
