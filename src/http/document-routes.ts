import { Elysia } from "elysia";
import { z } from "zod";
import type { DocumentArchive, ShownDocument } from "../documents/archive.ts";
import { MAX_DOCUMENT_BYTES } from "../documents/files.ts";
import { type Credentials, customersOnly } from "./credentials.ts";
import { type Description, describe } from "./describe.ts";
import { pagingQuery } from "./paging.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";

const listQuery = z.object({
  connector: z
    .string()
    .max(63)
    .optional()
    .describe("The connector's name.")
    .meta({ examples: ["deals"] }),
  dealId: z
    .string()
    .max(200)
    .optional()
    .meta({ examples: ["64a1f2e3b5c8d90012345678"] }),
  ...pagingQuery,
});

const oneDocument = z.object({
  id: z.string().meta({ examples: ["0199b1c4-7a53-7b1a-8e60-0d9a4c1f2b3c"] }),
});

/** A customer's documents. */
export function documentRoutes(parts: { documents: DocumentArchive; credentials: Credentials }) {
  const { documents, credentials } = parts;
  return new Elysia({ prefix: "/documents" })
    .use(customersOnly(credentials))
    .get(
      "/",
      async ({ customer, query }) => {
        const { items, nextKey } = await documents.page(customer.id, query, query);
        return { documents: items, nextKey };
      },
      { query: listQuery, detail: listDetail },
    )
    .get(
      "/:id/content",
      ({ customer, params }) => {
        const { path, name, contentType } = documents.content(customer.id, params.id);
        return new Response(Bun.file(path), {
          headers: {
            ...SECURITY_HEADERS,
            "content-type": contentType,
            "content-disposition": `attachment; filename*=UTF-8''${encoded(name)}`,
            "cache-control": "private, no-store",
          },
        });
      },
      { params: oneDocument, detail: contentDetail },
    );
}

/** As RFC 8187 wants it. */
const encoded = (name: string) =>
  encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const documentSchema = z.object({
  id: z.uuid(),
  connector: z.string().describe("The name of the connector that fetched it."),
  dealId: z.string(),
  documentId: z.string().nullable().describe("The upstream's own id, where it gave one."),
  classification: z.string().nullable().describe("The upstream's word for what it is."),
  name: z.string(),
  contentType: z.string().describe("By its content."),
  size: z.int().describe("Bytes."),
  sha256: z.string().describe("Of its content, hex."),
  createdAt: z.iso.datetime().describe("When it was fetched."),
});

const example: ShownDocument = {
  id: "0199b1c4-7a53-7b1a-8e60-0d9a4c1f2b3c",
  connector: "deals",
  dealId: "64a1f2e3b5c8d90012345678",
  documentId: "64a1f2e3b5c8d90012349999",
  classification: "poa",
  name: "signed_poa.pdf",
  contentType: "application/pdf",
  size: 48211,
  sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  createdAt: "2025-01-01T00:00:00.000Z",
};

const common = { tag: "Documents", auth: "customer" } satisfies Partial<Description>;

const listDetail = describe({
  ...common,
  summary: "List your documents",
  description: `Files that connectors have fetched from upstreams whose links expire: PDFs and pictures of at most ${MAX_DOCUMENT_BYTES} bytes. The same content is listed once for each deal.`,
  answers: {
    200: {
      description: "A page, newest first; `nextKey` is null on the last.",
      schema: z.object({ documents: z.array(documentSchema), nextKey: z.string().nullable() }),
      example: { documents: [example], nextKey: null },
    },
  },
  problems: ["invalid_input", "invalid_page_key", "customer_disabled"],
});

const contentDetail = describe({
  ...common,
  summary: "Fetch a document",
  description: "The file itself, with its own `Content-Type`, as an attachment.",
  answers: {
    200: {
      description: "The file.",
      schema: { type: "string", contentMediaType: "application/octet-stream" },
      example: "%PDF-1.7 …",
      mediaType: "application/octet-stream",
    },
  },
  problems: ["invalid_input", "customer_disabled", "document_not_found"],
});
