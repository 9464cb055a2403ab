import type { JsonObject } from "../json-answer.ts";
import { idIn, objectsIn } from "./client.ts";

/** A file of a deal, with the link that it can be fetched by for a while. */
export interface DealFile {
  /** The same for the same file, however often its link is signed anew. */
  source: string;
  url: string;
  /** ms UTC; null: not told. */
  expiresAt: number | null;
  name: string;
  documentId: string | null;
  classification: string | null;
}

/** The files that a webhook's `documents` lead to. */
export function filesIn(payload: JsonObject): DealFile[] {
  const { id, dealId, docClassification, documents } = payload;
  const about = {
    documentId: dealId === undefined ? null : idIn(id), // where a deal is named, the id is the document's
    classification: textIn(docClassification),
  };
  return objectsIn(documents).flatMap(({ filename, signedUrl, expiresAt }) =>
    fileAt(signedUrl, { expiresAt, name: filename, ...about }),
  );
}

/** The files in a deal's documents as `/data` shows them: its title, and what is signed of every document. */
export function filesInDeal({ title, documents, generatedDocuments }: JsonObject): DealFile[] {
  const ofTitle = objectsIn(title).flatMap((file) =>
    linked(file, { documentId: null, classification: "title" }),
  );
  const ofDocuments = [...objectsIn(documents), ...objectsIn(generatedDocuments)].flatMap((document) => {
    const about = { documentId: idIn(document.id), classification: textIn(document.docClassification) };
    return objectsIn(document.signed).flatMap((file) => linked(file, about));
  });
  return [...ofTitle, ...ofDocuments];
}

type About = Pick<DealFile, "documentId" | "classification">;

const linked = ({ key, url, expiresAt }: JsonObject, about: About): DealFile[] =>
  fileAt(url, { expiresAt, name: textIn(key)?.split("/").at(-1), ...about });

function fileAt(url: unknown, given: About & { expiresAt: unknown; name: unknown }): DealFile[] {
  const parsed = typeof url === "string" ? URL.parse(url) : null;
  if (parsed === null) return [];
  const { host, pathname, href } = parsed;
  const { documentId, classification } = given;
  const expiresAt = Date.parse(String(given.expiresAt));
  return [
    {
      source: host + pathname,
      url: href,
      expiresAt: Number.isNaN(expiresAt) ? null : expiresAt,
      name: nameIn(given.name) ?? nameIn(pathname.split("/").at(-1)) ?? "document",
      documentId,
      classification,
    },
  ];
}

const MAX_NAME_LENGTH = 200;

/** A file's name alone, without folders and control characters. */
function nameIn(value: unknown): string | null {
  const name = textIn(value)
    ?.replace(/[\p{Cc}/\\]/gu, "_")
    .slice(0, MAX_NAME_LENGTH);
  return name ? name : null;
}

const textIn = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
