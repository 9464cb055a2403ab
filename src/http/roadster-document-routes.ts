import { Elysia } from "elysia";
import { jsonAnswer } from "./command-answers.ts";
import { oneConnector } from "./connector-routes.ts";
import { customersOnly } from "./credentials.ts";
import { answerAs, openRoadsterCalls, type RoadsterParts, readDocumentBody } from "./roadster-calls.ts";
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

/** Roadster's documents and templates; their bodies may be larger than elsewhere, and are read here. */
export function roadsterDocumentRoutes(parts: RoadsterParts) {
  const { read, write } = openRoadsterCalls(parts);

  return new Elysia({ prefix: "/connectors/:name" })
    .use(customersOnly(parts.credentials))
    .get(
      "/customers/:customerId/documents",
      async ({ query: { doc_type, ...dealer }, ...call }) => {
        const names = { customerId: call.params.customerId };
        const payload = { dealer: dealerOf(dealer), doc_type };
        return answerAs("documents", await read(call, { operation: "documents", names, payload }));
      },
      { params: oneCustomer, query: documentsQuery, detail: details.list },
    )
    .get(
      "/customers/:customerId/documents/:documentId",
      async ({ query, ...call }) => {
        const { customerId, documentId } = call.params;
        const names = { customerId, documentId };
        const payload = { dealer: dealerOf(query) };
        return jsonAnswer((await read(call, { operation: "document", names, payload })).text);
      },
      { params: oneDocument, query: dealerQuery, detail: details.fetch },
    )
    .post(
      "/customers/:customerId/documents",
      async (call) => {
        const document = { schema: documentBody, document: "contents" };
        const payload = await readDocumentBody(call.request, document);
        const { customerId } = call.params;
        const target = `customers/${customerId}/documents`;
        return write(call, { name: "upload-document", target, names: { customerId }, payload, as: "result" });
      },
      { parse: "none", params: oneCustomer, detail: details.upload },
    )
    .get(
      "/templates",
      async ({ query, ...call }) =>
        answerAs("templates", await read(call, { operation: "templates", names: query })),
      { params: oneConnector, query: dpidQuery, detail: details.templates },
    )
    .get(
      "/templates/:templateId",
      async ({ query: { dpid }, ...call }) => {
        const names = { dpid, templateId: call.params.templateId };
        return jsonAnswer((await read(call, { operation: "template", names })).text);
      },
      { params: oneTemplate, query: dpidQuery, detail: details.template },
    )
    .get(
      "/templates/:templateId/file",
      async ({ query: { dpid }, ...call }) => {
        const names = { dpid, templateId: call.params.templateId };
        return answerAs("contents", await read(call, { operation: "templateFile", names }));
      },
      { params: oneTemplate, query: dpidQuery, detail: details.templateFile },
    )
    .post(
      "/templates",
      async ({ query: { dpid }, ...call }) => {
        const document = { schema: templateBody, document: "file_stream" };
        const payload = await readDocumentBody(call.request, document);
        const target = `templates/${dpid}/${payload.form_data.name}`;
        return write(call, { name: "create-template", target, names: { dpid }, payload, as: "result" });
      },
      { parse: "none", params: oneConnector, query: dpidQuery, detail: details.createTemplate },
    );
}
