import { Elysia } from "elysia";
import { z } from "zod";
import { MAX_WEBHOOK_BYTES, type Receiver } from "../intake/receiver.ts";
import { jsonAnswer } from "./command-answers.ts";
import { describe } from "./describe.ts";
import { readBody } from "./json-body.ts";

const inboundParams = z.object({
  connectorId: z.string().meta({ examples: ["3f8c2f6e-5b0a-4c1d-9e7a-2b4d6f8a0c1e"] }),
});

/** Where upstreams send their webhooks. */
export function inboundRoutes({ receiver }: { receiver: Receiver }) {
  return new Elysia({ prefix: "/inbound" }).post(
    "/:connectorId",
    async ({ params, request }) => {
      const body = await readBody(request, MAX_WEBHOOK_BYTES);
      const answer = await receiver.receive(params.connectorId, { headers: request.headers, body });
      return answer === undefined ? new Response(null, { status: 204 }) : jsonAnswer(JSON.stringify(answer));
    },
    { parse: "none", params: inboundParams, detail: inboundDetail },
  );
}

const inboundDetail = describe({
  tag: "Connectors",
  summary: "Receive a webhook of an upstream",
  description: `For upstreams, by a connector's \`inboundUrl\`. The body, at most ${MAX_WEBHOOK_BYTES} bytes, is checked as the upstream signs it; what it brings is on disk before the answer.`,
  auth: "none",
  body: {
    description: "Whatever the upstream sends.",
    schema: {},
    example: { href: "https://api.example.com/events/id/1", eventType: "CONSIGNMENTS.CHECKEDIN" },
  },
  answers: {
    200: {
      description: "Taken, with what this upstream wants to hear.",
      schema: z.object({}).catchall(z.unknown()),
      example: {},
    },
    204: { description: "Taken." },
  },
  problems: [
    "unreadable_webhook",
    "unverified_webhook",
    "not_found",
    "connector_paused",
    "disk_low",
    "backlog_full",
    "not_ready",
  ],
});
