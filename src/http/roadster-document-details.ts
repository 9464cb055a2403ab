import { describe } from "./describe.ts";
import { answers, done } from "./roadster-answers.ts";
import { command, NOTHING_KEPT, question, SENT_ONCE } from "./roadster-details.ts";
import { documentBody, templateBody } from "./roadster-requests.ts";

const AT_MOST = "A document may have 15 MiB; more is 413. Of it, only size and digest are kept.";

/** How the routes of Roadster's documents and templates are described. */
export const documentDetails = {
  list: describe({
    ...question(answers.documents),
    summary: "List a customer's documents",
    description: NOTHING_KEPT,
  }),
  fetch: describe({
    ...question(answers.document),
    summary: "Fetch a customer's document",
    description: `At most 15 MiB. ${NOTHING_KEPT}`,
  }),
  upload: describe({
    ...command(done.uploaded),
    summary: "Upload a document of a customer or a deal",
    description: `${AT_MOST} ${SENT_ONCE}`,
    body: {
      schema: documentBody,
      example: {
        dealer: { dpid: "lakeside" },
        document_name: "DL Front",
        document_type: "license",
        file_name: "license front.png",
        relationship: "self",
        contents: "iVBORw0KGgo=",
      },
    },
  }),
  templates: describe({
    ...question(answers.templates),
    summary: "List a dealer's document templates",
    description: NOTHING_KEPT,
  }),
  template: describe({
    ...question(answers.template),
    summary: "Read a document template",
    description: NOTHING_KEPT,
  }),
  templateFile: describe({
    ...question(answers.templateFile),
    summary: "Fetch the PDF of a document template",
    description: `At most 15 MiB. ${NOTHING_KEPT}`,
  }),
  createTemplate: describe({
    ...command(done.template),
    summary: "Create a document template",
    description: `${AT_MOST} ${SENT_ONCE}`,
    body: {
      schema: templateBody,
      example: {
        form_data: {
          name: "Insurance terms",
          file_name: "Lease Insurance.pdf",
          description: "The terms of the insurance",
          form_definition: {
            pages: [{ fields: [{ x: 96, y: 555, name: "vehicleYear_1", type: "vehicleYear" }] }],
          },
        },
        file_stream: "data:application/pdf;base64,JVBERi0xLjUN",
      },
    },
  }),
};
