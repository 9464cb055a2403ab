import { isObject, valueAt } from "../facts.ts";
import type { Ask } from "./client.ts";
import type { Operation } from "./settings.ts";

type Json = Record<string, unknown>;

/** What a command is asked with, as it is kept. */
export interface WriteRequest {
  /** What stands in the braces of the path. */
  names: Record<string, string>;
  payload: Json;
  /** Of the document that goes along: it is not kept itself, only that it was this one. */
  document?: { sha256: string; bytes: number };
}

/** An operation that changes something, and what can be learned where its answer is lost. */
export interface Writing {
  operation: Operation;
  /** Roadster makes of a repeat what the first has made: it may be sent again (UPSTREAMS 4). */
  isRepeatable: boolean;
  /** Where its document stands in the payload. */
  documentAs?: "contents" | "file_stream";
  /** What it leaves behind, as a list shows it; without it nothing can be learned by reading. */
  trace?: Trace;
}

/** Looks for what a request has left behind; pure. */
export interface Trace {
  /** Where to look. */
  ask(request: WriteRequest): Ask;
  /** The ids in that list that may be this request's. Null: it is no such list. */
  idsIn(list: unknown, request: WriteRequest): string[] | null;
  /** What the upstream would have answered, by those ids before and now; null: it has not done it. */
  answerBy(before: readonly string[], now: readonly string[]): Json | null;
}

const documentsOf = ({ names, payload }: WriteRequest): Ask => ({
  operation: "documents",
  names,
  payload: { dealer: payload.dealer, doc_type: "all" },
});

/** The operations that change something, by the names of their commands. */
export const writings = {
  "create-customer": { operation: "createCustomer", isRepeatable: true },
  "assign-agent": { operation: "assignAgent", isRepeatable: true },
  "offer-trade-in": { operation: "tradeIn", isRepeatable: true },
  "upload-document": {
    operation: "uploadDocument",
    isRepeatable: false,
    documentAs: "contents",
    trace: {
      ask: documentsOf,
      idsIn: (list, { payload }) =>
        idsOf(list, (each) => each.file_name === payload.file_name && isSameName(each, payload)),
      answerBy: (before, now) => newAmong(before, now, "document_id"),
    },
  },
  "delete-documents": {
    operation: "deleteDocuments",
    isRepeatable: false,
    trace: {
      ask: documentsOf,
      idsIn: (list, { payload }) => idsOf(list, ({ id }) => [payload.doc_ids].flat().includes(id)),
      answerBy: (_, now) => (now.length === 0 ? { message: "The documents are there no more" } : null),
    },
  },
  "create-template": {
    operation: "createTemplate",
    isRepeatable: false,
    documentAs: "file_stream",
    trace: {
      ask: ({ names }) => ({ operation: "templates", names }),
      idsIn: (list, { payload }) => idsOf(list, ({ name }) => name === valueAt(payload, "form_data.name")),
      answerBy: (before, now) => newAmong(before, now, "id"),
    },
  },
  "create-forms": { operation: "createForms", isRepeatable: false },
} satisfies Record<string, Writing>;

export type CommandName = keyof typeof writings;

/** Roadster's example shows a document's name in another case than it was given. */
const isSameName = (one: Json, { document_name }: Json) =>
  String(one.name).toLowerCase() === String(document_name).toLowerCase();

function idsOf(list: unknown, isWanted: (each: Json) => boolean): string[] | null {
  if (!Array.isArray(list)) return null;
  return list
    .filter(isObject)
    .filter(isWanted)
    .map(({ id }) => String(id));
}

function newAmong(before: readonly string[], now: readonly string[], as: string): Json | null {
  const id = now.find((each) => !before.includes(each));
  return id === undefined ? null : { [as]: /^\d{1,15}$/.test(id) ? Number(id) : id };
}
