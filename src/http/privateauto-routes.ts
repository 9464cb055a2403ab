import { Elysia } from "elysia";
import { z } from "zod";
import type { Commands } from "../commands/commands.ts";
import { privateAuto } from "../connectors/privateauto/privateauto.ts";
import type { Connectors } from "../intake/connectors.ts";
import {
  COMMAND_ANSWER_SECONDS,
  commandAnswer,
  commandProblems,
  idempotencyKeyOf,
  idempotencyKeyParameter,
  jsonAnswer,
  passOn,
} from "./command-answers.ts";
import { oneConnector } from "./connector-routes.ts";
import { type Credentials, customersOnly } from "./credentials.ts";
import { type Description, describe } from "./describe.ts";
import { jsonBody } from "./json-body.ts";
import { mayTake } from "./long-answer.ts";
import { examples, leadBody, oneLead, sellBody, sellLinkBody } from "./privateauto-schemas.ts";

/** What PrivateAuto is asked to do: deals started, by a call or in a browser, and leads. */
export function privateAutoRoutes(parts: {
  connectors: Connectors;
  commands: Commands;
  credentials: Credentials;
}) {
  const { connectors, commands, credentials } = parts;
  return new Elysia({ prefix: "/connectors/:name" })
    .use(jsonBody)
    .use(customersOnly(credentials))
    .post(
      "/sell",
      async ({ customer, params, body, request, server }) => {
        const idempotencyKey = idempotencyKeyOf(request);
        const { connectorId, connection } = connectors.connect(customer.id, params.name, privateAuto);
        mayTake(COMMAND_ANSWER_SECONDS, { server, request });
        const command = connection.commands.sell;
        const asked = { customer, connectorId, name: "sell", target: `vins/${body.vin}`, request: body };
        return commandAnswer(await commands.execute({ ...asked, idempotencyKey, command }), "deal");
      },
      { params: oneConnector, body: sellBody, detail: sellDetail },
    )
    .post(
      "/sell-link",
      ({ customer, params, body: { format, ...deal } }) => {
        const { connection } = connectors.connect(customer.id, params.name, privateAuto);
        const { url, expiresAt } = connection.sellLink(deal, format);
        return { url, expiresAt: new Date(expiresAt).toISOString() };
      },
      { params: oneConnector, body: sellLinkBody, detail: linkDetail },
    )
    .post(
      "/leads",
      async ({ customer, params, body, request, server }) => {
        const idempotencyKey = idempotencyKeyOf(request);
        const { connectorId, connection } = connectors.connect(customer.id, params.name, privateAuto);
        mayTake(COMMAND_ANSWER_SECONDS, { server, request });
        const command = connection.commands["submit-lead"];
        const target = `leads/${body.callerReferenceId}`;
        const asked = { customer, connectorId, name: "submit-lead", target, request: body };
        return commandAnswer(await commands.execute({ ...asked, idempotencyKey, command }), "lead");
      },
      { params: oneConnector, body: leadBody, detail: leadDetail },
    )
    .get(
      "/leads/:callerReferenceId",
      async ({ customer, params }) => {
        const { connection } = connectors.connect(customer.id, params.name, privateAuto);
        return jsonAnswer(await connection.lead(params.callerReferenceId).catch(passOn));
      },
      { params: oneLead, detail: readLeadDetail },
    );
}

const common = { tag: "Connectors", auth: "customer" } satisfies Partial<Description>;

const ofOne = ["invalid_input", "customer_disabled", "connector_not_found", "other_kind"] as const;

const anything = z.record(z.string(), z.unknown()).describe("As PrivateAuto has it.");

const commandId = "0199b1c4-7a53-7b1a-8e60-0d9a4c1f2b3c";

const sellDetail = describe({
  ...common,
  summary: "Start a deal at PrivateAuto",
  description:
    "Sent once at most. Where the answer is lost, deals and offers made since then are looked through for the vehicle, and `foundAfterwards` says so; its links are then not known. A 502 says in `outcome` whether it is `not-done` or `unknown`; while it is unknown, no other is sent for this vehicle, and the list of commands will tell. Answers within 90 seconds.",
  parameters: [idempotencyKeyParameter],
  body: {
    schema: sellBody,
    example: {
      vin: "1HGBH41JXMN109186",
      amount: 18500,
      year: 2021,
      make: "Honda",
      model: "Civic",
      sellerName: "John Doe",
      sellerEmail: "seller@example.com",
      sellerSendLink: true,
    },
  },
  answers: {
    200: {
      description: "It is started.",
      schema: z.object({ commandId: z.uuid(), outcome: z.literal("done"), deal: anything }),
      example: { commandId, outcome: "done", deal: examples.started },
    },
  },
  problems: [...ofOne, "earlier_command", ...commandProblems],
});

const linkDetail = describe({
  ...common,
  summary: "Make a link that starts a deal in a browser",
  description:
    "Nothing is asked of PrivateAuto: whoever opens the link starts the deal there. It is signed, and ends within five minutes, so make it when the button is pressed.",
  body: {
    schema: sellLinkBody,
    example: { vin: "1HGBH41JXMN109186", amount: 18500, format: "jwt", role: "buyer" },
  },
  answers: {
    200: {
      description: "The link.",
      schema: z.object({ url: z.url(), expiresAt: z.iso.datetime() }),
      example: {
        url: "https://partner-api.privateauto.com/sell/mypartner?jwt=eyJhbGciOiJIUzI1NiJ9.e30.c2ln",
        expiresAt: "2026-04-21T14:04:30.000Z",
      },
    },
  },
  problems: [...ofOne],
});

const leadDetail = describe({
  ...common,
  summary: "Hand in a lead at PrivateAuto",
  description:
    "A lead that is there already by its `callerReferenceId` is a success, and is answered as it is there.",
  parameters: [idempotencyKeyParameter],
  body: {
    schema: leadBody,
    example: {
      callerReferenceId: "LDR-98234",
      organizationId: "663a1f2b4e8c9a001234abcd",
      leadCode: "CONQUEST",
      contact: { name: "Jane Smith", email: "jane@example.com" },
      vehicle: { vin: "1HGBH41JXMN109186", year: 2019, make: "Honda", model: "Accord" },
    },
  },
  answers: {
    200: {
      description: "It is there.",
      schema: z.object({ commandId: z.uuid(), outcome: z.literal("done"), lead: anything }),
      example: { commandId, outcome: "done", lead: examples.lead },
    },
  },
  problems: [...ofOne, ...commandProblems],
});

const readLeadDetail = describe({
  ...common,
  summary: "Read a lead of PrivateAuto",
  description: "By your own reference; asks PrivateAuto now, and nothing is kept.",
  answers: { 200: { description: "The lead.", schema: anything, example: examples.lead } },
  problems: [
    ...ofOne,
    "upstream_bad_request",
    "upstream_forbidden",
    "upstream_not_found",
    "upstream_conflict",
    "upstream_failed",
  ],
});
