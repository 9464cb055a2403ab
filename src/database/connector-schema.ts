import { blob, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { environments } from "./schema.ts";

/** Milliseconds UTC. */
const instant = (name: string) => integer(name);

export const connectors = sqliteTable("connectors", {
  id: integer().primaryKey(),
  publicId: text("public_id").notNull(),
  customerId: integer("customer_id").notNull(),
  name: text().notNull(),
  kind: text().notNull(),
  environment: text({ enum: environments }).notNull(),
  schedule: text().notNull(),
  settings: text().notNull(),
  secrets: blob({ mode: "buffer" }).notNull(),
  status: text({ enum: ["active", "paused", "deleted"] }).notNull(),
  version: integer().notNull().default(1),
  createdAt: instant("created_at").notNull(),
  updatedAt: instant("updated_at").notNull(),
  cursor: text(),
  firstCompleteAt: instant("first_complete_at"),
  nextRunAt: instant("next_run_at"),
  failures: integer().notNull().default(0),
  lastSuccessAt: instant("last_success_at"),
  lastErrorCode: text("last_error_code"),
  lastError: text("last_error"),
  lastErrorAt: instant("last_error_at"),
  received: integer().notNull().default(0),
  lastReceivedAt: instant("last_received_at"),
  refused: integer().notNull().default(0),
  lastRefusal: text("last_refusal"),
  lastRefusedAt: instant("last_refused_at"),
});

export const connectorMemory = sqliteTable("connector_memory", {
  id: integer().primaryKey(),
  connectorId: integer("connector_id").notNull(),
  entity: text().notNull(),
  state: text().notNull(),
});

export const connectorRuns = sqliteTable("connector_runs", {
  id: integer().primaryKey(),
  publicId: text("public_id").notNull(),
  connectorId: integer("connector_id").notNull(),
  askedBy: text("asked_by", { enum: ["schedule", "customer"] }).notNull(),
  status: text({ enum: ["running", "complete", "failed", "cut off"] }).notNull(),
  startedAt: instant("started_at").notNull(),
  finishedAt: instant("finished_at"),
  pages: integer().notNull().default(0),
  items: integer().notNull().default(0),
  events: integer().notNull().default(0),
  stale: integer().notNull().default(0),
  requests: integer().notNull().default(0),
  errorCode: text("error_code"),
  error: text(),
});

export const connectorErrands = sqliteTable("connector_errands", {
  id: integer().primaryKey(),
  connectorId: integer("connector_id").notNull(),
  name: text().notNull(),
  key: text().notNull(),
  request: text().notNull(),
  asked: integer().notNull().default(1),
  askedAt: instant("asked_at").notNull(),
  dueAt: instant("due_at"),
  tries: integer().notNull().default(0),
  errorCode: text("error_code"),
  error: text(),
  failedAt: instant("failed_at"),
});

export const commands = sqliteTable("commands", {
  id: integer().primaryKey(),
  publicId: text("public_id").notNull(),
  customerId: integer("customer_id").notNull(),
  askedBy: text("asked_by").notNull(),
  connectorId: text("connector_id").notNull(),
  name: text().notNull(),
  target: text().notNull(),
  idempotencyKey: text("idempotency_key"),
  request: text().notNull(),
  status: text({ enum: ["begun", "sent", "settled"] }).notNull(),
  createdAt: instant("created_at").notNull(),
  sentAt: instant("sent_at"),
  settledAt: instant("settled_at"),
  before: text(),
  outcome: text({ enum: ["done", "refused", "not-done", "unknown"] }),
  verdict: text(),
});

export const documents = sqliteTable("documents", {
  id: integer().primaryKey(),
  publicId: text("public_id").notNull(),
  customerId: integer("customer_id").notNull(),
  connectorId: text("connector_id").notNull(),
  connector: text().notNull(),
  dealId: text("deal_id").notNull(),
  documentId: text("document_id"),
  classification: text(),
  name: text().notNull(),
  contentType: text("content_type").notNull(),
  size: integer().notNull(),
  sha256: text().notNull(),
  createdAt: instant("created_at").notNull(),
});
