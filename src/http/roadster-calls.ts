import { createHash } from "node:crypto";
import type { z } from "zod";
import type { Commands } from "../commands/commands.ts";
import { type Ask, MAX_DOCUMENT_BYTES, MAX_DOCUMENT_JSON_BYTES } from "../connectors/roadster/client.ts";
import { roadster } from "../connectors/roadster/roadster.ts";
import { type CommandName, type WriteRequest, writings } from "../connectors/roadster/writings.ts";
import type { Customer } from "../customers/customers.ts";
import type { Connectors } from "../intake/connectors.ts";
import { Problem, toInputErrors } from "../problems.ts";
import {
  COMMAND_ANSWER_SECONDS,
  commandAnswer,
  idempotencyKeyOf,
  jsonAnswer,
  passOn,
} from "./command-answers.ts";
import type { Credentials } from "./credentials.ts";
import { readJson } from "./json-body.ts";
import { mayTake } from "./long-answer.ts";

/** What the routes of Roadster are served from. */
export interface RoadsterParts {
  connectors: Connectors;
  commands: Commands;
  credentials: Credentials;
}

/** One call, and how long its answer may take. */
export interface Call {
  customer: Customer;
  params: { name: string };
  request: Request;
  server: unknown;
}

/** A command, and what it is about. */
export interface Wanted {
  name: CommandName;
  target: string;
  names?: Record<string, string>;
  payload: Record<string, unknown>;
}

/** An answer goes out within a minute, a document's within two; the rest is for the way, seconds. */
const READ_ANSWER_SECONDS = 75;

/** Opens the ways to ask Roadster. */
export function openRoadsterCalls({ connectors, commands }: Omit<RoadsterParts, "credentials">) {
  const connect = ({ customer, params }: Pick<Call, "customer" | "params">) =>
    connectors.connect(customer.id, params.name, roadster);

  return {
    connect,
    /** What Roadster shows now, byte for byte; in an object of ours where it has a name. @throws Problem, UpstreamError */
    async show(call: Call, ask: Ask, as?: string): Promise<Response> {
      const { connection } = connect(call);
      mayTake(READ_ANSWER_SECONDS, call);
      const { text } = await connection.ask(ask).catch(passOn);
      return jsonAnswer(as === undefined ? text : `{"${as}":${text}}`);
    },
    /** Has a command performed once, and answers with what came of it. @throws Problem */
    async write(call: Call, wanted: Wanted): Promise<Response> {
      const { name, target, names = {}, payload } = wanted;
      const idempotencyKey = idempotencyKeyOf(call.request);
      const { connectorId, connection } = connect(call);
      mayTake(COMMAND_ANSWER_SECONDS, call);
      const { kept, document } = withoutDocument(name, payload);
      const executed = await commands.execute<WriteRequest>({
        customer: call.customer,
        connectorId,
        name,
        target,
        request: { names, ...kept },
        idempotencyKey,
        command: document === null ? connection.commands[name] : connection.commandWith(name, document),
      });
      return commandAnswer(executed, "result");
    },
  };
}

/** Reads a body with a document in base64 in it. @throws Problem request_too_large, malformed_json, invalid_input */
export async function readDocumentBody<T extends z.ZodType<Record<string, unknown>>>(
  request: Request,
  { schema, document }: { schema: T; document: string },
): Promise<z.infer<T>> {
  const body = await readJson(request, MAX_DOCUMENT_JSON_BYTES);
  const result = schema.safeParse(body);
  if (!result.success) {
    throw new Problem("invalid_input", { errors: toInputErrors(result.error.issues, "") });
  }
  if (sizeOf(String(result.data[document])) > MAX_DOCUMENT_BYTES) {
    throw new Problem("request_too_large", { detail: "A document may have at most 15 MiB." });
  }
  return result.data;
}

/** Of what stands in base64, in bytes. */
const sizeOf = (base64: string) => Buffer.byteLength(base64.slice(base64.indexOf(",") + 1), "base64");

/** Of a document only its digest is kept with the command. */
function withoutDocument(name: CommandName, payload: Record<string, unknown>) {
  const { documentAs } = { documentAs: undefined, ...writings[name] };
  if (documentAs === undefined) return { kept: { payload }, document: null };
  const { [documentAs]: document, ...rest } = payload;
  const text = String(document);
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { kept: { payload: rest, document: { sha256, bytes: sizeOf(text) } }, document: text };
}
