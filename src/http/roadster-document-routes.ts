import { Elysia } from "elysia";
import { type Room, UpstreamSlots } from "../intake/upstream-slots.ts";
import { oneConnector } from "./connector-routes.ts";
import { customersOnly } from "./credentials.ts";
import { mayTake } from "./long-answer.ts";
import { type Call, openRoadsterCalls, type RoadsterParts, readDocumentBody } from "./roadster-calls.ts";
import { documentDetails as details } from "./roadster-document-details.ts";
import {
  dealerOf,
  dealerQuery,
  documentBody,
  documentsQuery,
  dpidQuery,
  oneCustomer,
  oneDocument,
  oneTemplate,
  templateBody,
} from "./roadster-requests.ts";

/** Requests with a document at once: each takes some 100 MB of memory while it is under way. */
const ROOM_FOR_DOCUMENTS: Room = { total: 3, perCustomer: 2 };

/** How long such a request may wait for room and then take, seconds. */
const DOCUMENT_ANSWER_SECONDS = 250;

/** Roadster's documents and templates; bodies with a document in them may be larger than others, and are read here. */
export function roadsterDocumentRoutes(parts: RoadsterParts) {
  const { show, write } = openRoadsterCalls(parts);
  const room = new UpstreamSlots(ROOM_FOR_DOCUMENTS);

  /** Its body is not read before there is room for it. */
  function inRoom<T>(call: Call, work: () => Promise<T>): Promise<T> {
    mayTake(DOCUMENT_ANSWER_SECONDS, call);
    return room.hold(call.customer.id, new AbortController().signal, work);
  }

  return new Elysia({ prefix: "/connectors/:name" })
    .use(customersOnly(parts.credentials))
    .get(
      "/customers/:customerId/documents",
      ({ query: { doc_type, ...dealer }, ...call }) => {
        const names = { customerId: call.params.customerId };
        const payload = { dealer: dealerOf(dealer), doc_type };
        return show(call, { operation: "documents", names, payload }, "documents");
      },
      { params: oneCustomer, query: documentsQuery, detail: details.list },
    )
    .get(
      "/customers/:customerId/documents/:documentId",
      ({ query, ...call }) => {
        const { customerId, documentId } = call.params;
        const payload = { dealer: dealerOf(query) };
        return show(call, { operation: "document", names: { customerId, documentId }, payload });
      },
      { params: oneDocument, query: dealerQuery, detail: details.fetch },
    )
    .post(
      "/customers/:customerId/documents",
      (call) =>
        inRoom(call, async () => {
          const document = { schema: documentBody, document: "contents" };
          const payload = await readDocumentBody(call.request, document);
          const { customerId } = call.params;
          const target = `customers/${customerId}/documents`;
          return write(call, { name: "upload-document", target, names: { customerId }, payload });
        }),
      { parse: "none", params: oneCustomer, detail: details.upload },
    )
    .get(
      "/templates",
      ({ query, ...call }) => show(call, { operation: "templates", names: query }, "templates"),
      { params: oneConnector, query: dpidQuery, detail: details.templates },
    )
    .get(
      "/templates/:templateId",
      ({ query: { dpid }, ...call }) => {
        const names = { dpid, templateId: call.params.templateId };
        return show(call, { operation: "template", names });
      },
      { params: oneTemplate, query: dpidQuery, detail: details.template },
    )
    .get(
      "/templates/:templateId/file",
      ({ query: { dpid }, ...call }) => {
        const names = { dpid, templateId: call.params.templateId };
        return show(call, { operation: "templateFile", names }, "contents");
      },
      { params: oneTemplate, query: dpidQuery, detail: details.templateFile },
    )
    .post(
      "/templates",
      ({ query: { dpid }, ...call }) =>
        inRoom(call, async () => {
          const document = { schema: templateBody, document: "file_stream" };
          const payload = await readDocumentBody(call.request, document);
          const target = `templates/${dpid}/${payload.form_data.name}`;
          return write(call, { name: "create-template", target, names: { dpid }, payload });
        }),
      { parse: "none", params: oneConnector, query: dpidQuery, detail: details.createTemplate },
    );
}
