import type { Database } from "bun:sqlite";
import type { ConnectorDocument } from "../connectors/connector.ts";
import type { documents } from "../database/connector-schema.ts";
import type { PageKeys } from "../delivery/page-keys.ts";
import { type Page, takePage } from "../delivery/pages.ts";
import { BATCH, type Batch, type Retention, untilNone } from "../delivery/sweep.ts";
import { Problem } from "../problems.ts";
import type { Seams } from "../seams.ts";
import type { DocumentFiles } from "./files.ts";

/** A document's row. */
type DocumentRow = typeof documents.$inferSelect;

/** A document as its customer sees it. */
export interface ShownDocument extends Pick<DocumentRow, "connector" | "dealId" | "name" | "contentType"> {
  /** The hub's own id of it. */
  id: string;
  /** The upstream's. */
  documentId: string | null;
  classification: string | null;
  /** Bytes. */
  size: number;
  sha256: string;
  createdAt: string;
}

/** Whose document it is. */
type Owner = Pick<DocumentRow, "customerId" | "connectorId" | "connector">;

/** Which of a customer's documents. */
export interface DocumentFilter {
  /** The connector's name. */
  connector?: string | undefined;
  dealId?: string | undefined;
}

/** Documents that connectors have fetched: kept, listed, and given to their owners only. */
export interface DocumentArchive {
  /** Inside a commit; the same content is known in each deal once. */
  add(owner: Owner, document: ConnectorDocument): void;
  /** Newest first. @throws Problem invalid_page_key */
  page(
    customerId: number,
    filter: DocumentFilter,
    at: { limit: number; lastKey?: string | undefined },
  ): Promise<Page<ShownDocument>>;
  /** Where its content lies. @throws Problem document_not_found */
  content(customerId: number, id: string): ShownDocument & { path: string };
  /** Rows by their age, and contents that no row names any more. */
  retention: Retention;
}

/** Rows that are read at once for a list. */
const AT_ONCE = 200;

/** Folders that contents lie in, and how many of them one batch of a sweep looks through. */
const FOLDERS = 256;
const FOLDERS_IN_BATCH = 16;

const COLUMNS = `id, public_id AS publicId, customer_id AS customerId, connector_id AS connectorId, connector,
  deal_id AS dealId, document_id AS documentId, classification, name, content_type AS contentType, size, sha256,
  created_at AS createdAt`;

/** Opens the archive. */
export function openDocumentArchive(parts: {
  sqlite: Database;
  files: DocumentFiles;
  pageKeys: PageKeys;
  seams: Pick<Seams, "clock" | "newId">;
}): DocumentArchive {
  const { files, pageKeys, seams } = parts;
  const rows = prepare(parts.sqlite);

  function sweepFiles(): Batch {
    let folder = 0;
    return () => {
      let removed = 0;
      for (const end = folder + FOLDERS_IN_BATCH; folder < end; folder++) {
        removed += files.sweep(folder, (sha256) => rows.hasContent.get(sha256) !== null);
      }
      return { removed, isDone: folder === FOLDERS };
    };
  }

  return {
    add({ customerId, connectorId, connector }, { file, dealId, documentId, classification, name }) {
      const { contentType, size, sha256 } = file;
      const owner = [seams.newId(), customerId, connectorId, connector] as const;
      const what = [dealId, documentId, classification, name, contentType, size, sha256] as const;
      rows.add.run(...owner, ...what, seams.clock.now());
    },
    async page(customerId, { connector, dealId }, { limit, lastKey }) {
      const place = pageKeys.placeOf("documents", customerId, lastKey);
      const found = rows.list(customerId, place, { connector, dealId });
      const { page, lastId } = await takePage(found, limit, shown);
      return {
        items: page,
        nextKey: lastId === null ? null : pageKeys.keyFor("documents", customerId, lastId),
      };
    },
    content(customerId, id) {
      const row = rows.one.get(customerId, id);
      if (row === null) throw new Problem("document_not_found");
      return { ...shown(row), path: files.pathOf(row.sha256) };
    },
    retention: ({ documents }) => [untilNone(() => rows.removeOlder.run(documents)), sweepFiles()],
  };
}

function shown(row: DocumentRow): ShownDocument {
  const { publicId, connector, dealId, documentId, classification, name, contentType, size, sha256 } = row;
  const createdAt = new Date(row.createdAt).toISOString();
  return {
    id: publicId,
    connector,
    dealId,
    documentId,
    classification,
    name,
    contentType,
    size,
    sha256,
    createdAt,
  };
}

function prepare(sqlite: Database) {
  const page = sqlite.prepare<DocumentRow, [number, number, string | null, string | null]>(
    `SELECT ${COLUMNS} FROM documents WHERE customer_id = ?1 AND id < ?2
       AND (?3 IS NULL OR connector = ?3) AND (?4 IS NULL OR deal_id = ?4) ORDER BY id DESC LIMIT ${AT_ONCE}`,
  );
  return {
    add: sqlite.prepare(
      `INSERT INTO documents (public_id, customer_id, connector_id, connector, deal_id, document_id, classification,
         name, content_type, size, sha256, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (connector_id, deal_id, sha256) DO NOTHING`,
    ),
    /** Below an id, newest first, read as asked for. */
    *list(customerId: number, below: number, { connector, dealId }: DocumentFilter) {
      for (let last = below; ; ) {
        const rows = page.all(customerId, last, connector ?? null, dealId ?? null);
        for (const row of rows) yield { ...row, payload: "" };
        last = rows.at(-1)?.id ?? last;
        if (rows.length < AT_ONCE) return;
      }
    },
    one: sqlite.prepare<DocumentRow, [number, string]>(
      `SELECT ${COLUMNS} FROM documents WHERE customer_id = ? AND public_id = ?`,
    ),
    hasContent: sqlite.prepare<{ id: number }, [string]>("SELECT id FROM documents WHERE sha256 = ? LIMIT 1"),
    removeOlder: sqlite.prepare(
      `DELETE FROM documents WHERE id IN
         (SELECT id FROM documents WHERE created_at < ? ORDER BY created_at LIMIT ${BATCH})`,
    ),
  };
}
