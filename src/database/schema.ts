import { blob, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

// The tables of migrations/, as types; a test holds both equal.

const instant = (name: string) => integer(name);

/** The two worlds a customer subscribes in. */
export const environments = ["sandbox", "production"] as const;
export type Environment = (typeof environments)[number];

export const hub = sqliteTable("hub", { key: text().primaryKey(), value: text().notNull() });

export const customers = sqliteTable("customers", {
  id: integer().primaryKey(),
  publicId: text("public_id").notNull(),
  email: text().notNull(),
  emailKey: text("email_key").notNull(),
  name: text().notNull(),
  passwordHash: text("password_hash").notNull(),
  apiKeyHash: blob("api_key_hash", { mode: "buffer" }).notNull(),
  apiKeySealed: blob("api_key_sealed", { mode: "buffer" }).notNull(),
  tokenVersion: integer("token_version").notNull().default(0),
  status: text({ enum: ["active", "disabled"] })
    .notNull()
    .default("active"),
  createdAt: instant("created_at").notNull(),
  updatedAt: instant("updated_at").notNull(),
});

export const auctionIds = sqliteTable(
  "auction_ids",
  {
    customerId: integer("customer_id").notNull(),
    auctionId: text("auction_id").notNull(),
    assignedAt: instant("assigned_at").notNull(),
    position: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.customerId, table.auctionId] })],
);

export const signingSecrets = sqliteTable("signing_secrets", {
  id: integer().primaryKey(),
  customerId: integer("customer_id").notNull(),
  sealed: blob({ mode: "buffer" }).notNull(),
  createdAt: instant("created_at").notNull(),
  expiresAt: instant("expires_at"),
});

export const subscriptions = sqliteTable("subscriptions", {
  id: integer().primaryKey(),
  customerId: integer("customer_id").notNull(),
  environment: text({ enum: environments }).notNull(),
  eventType: text("event_type").notNull(),
  webhookUrl: text("webhook_url").notNull(),
  status: text({ enum: ["active", "paused", "deleted"] }).notNull(),
  createdAt: instant("created_at").notNull(),
  updatedAt: instant("updated_at").notNull(),
  recovery: text({ enum: ["manual", "automatic"] })
    .notNull()
    .default("manual"),
});

export const changes = sqliteTable("changes", {
  id: integer().primaryKey(),
  customerId: integer("customer_id").notNull(),
  at: instant("at").notNull(),
  actor: text({ enum: ["customer", "operator"] }).notNull(),
  subject: text({ enum: ["subscription", "auction-ids", "customer"] }).notNull(),
  subjectKey: text("subject_key").notNull(),
  before: text(),
  after: text(),
});

export const publishers = sqliteTable("publishers", {
  id: integer().primaryKey(),
  name: text().notNull(),
  keyHash: blob("key_hash", { mode: "buffer" }).notNull(),
  status: text({ enum: ["active", "removed"] })
    .notNull()
    .default("active"),
  createdAt: instant("created_at").notNull(),
});

export const events = sqliteTable("events", {
  id: integer().primaryKey(),
  publicId: text("public_id").notNull(),
  environment: text({ enum: environments }).notNull(),
  eventType: text("event_type").notNull(),
  payload: text().notNull(),
  auctionIds: text("auction_ids"),
  ownerId: integer("owner_id"),
  door: text().notNull(),
  admittedAt: instant("admitted_at").notNull(),
});

export const dedupeKeys = sqliteTable(
  "dedupe_keys",
  {
    scope: text().notNull(),
    key: text().notNull(),
    eventPublicId: text("event_public_id").notNull(),
    eventType: text("event_type").notNull(),
    deliveries: integer().notNull(),
    admittedAt: instant("admitted_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.scope, table.key] })],
);

export const deliveries = sqliteTable("deliveries", {
  id: integer().primaryKey(),
  publicId: text("public_id").notNull(),
  eventId: integer("event_id").notNull(),
  subscriptionId: integer("subscription_id").notNull(),
  customerId: integer("customer_id").notNull(),
  status: text({ enum: ["pending", "success", "failed", "cancelled"] }).notNull(),
  attempts: integer().notNull().default(0),
  dueAt: instant("due_at"),
  createdAt: instant("created_at").notNull(),
  lastAttemptAt: instant("last_attempt_at"),
  settledAt: instant("settled_at"),
  failureReason: text("failure_reason"),
  replayOf: text("replay_of"),
  replayedAt: instant("replayed_at"),
});

export const attempts = sqliteTable(
  "attempts",
  {
    deliveryId: integer("delivery_id").notNull(),
    attempt: integer().notNull(),
    at: instant("at").notNull(),
    durationMs: real("duration_ms").notNull(),
    resolveMs: real("resolve_ms"),
    firstByteMs: real("first_byte_ms"),
    outcome: text().notNull(),
    webhookUrl: text("webhook_url").notNull(),
    requestHeaders: text("request_headers").notNull(),
    responseStatus: integer("response_status"),
    responseHeaders: text("response_headers"),
    responseBody: text("response_body"),
  },
  (table) => [primaryKey({ columns: [table.deliveryId, table.attempt] })],
);

export const subscriptionHealth = sqliteTable("subscription_health", {
  subscriptionId: integer("subscription_id").primaryKey(),
  failingSince: instant("failing_since"),
  lastSuccessAt: instant("last_success_at"),
  consecutiveFailures: integer("consecutive_failures").notNull().default(0),
});

export const outages = sqliteTable("outages", {
  subscriptionId: integer("subscription_id").primaryKey(),
  customerId: integer("customer_id").notNull(),
  beganAt: instant("began_at").notNull(),
  phase: text({ enum: ["probing", "draining"] }).notNull(),
  nextAt: instant("next_at"),
  waitMs: integer("wait_ms").notNull(),
  step: integer().notNull().default(0),
  probeId: integer("probe_id"),
  probedEventId: integer("probed_event_id").notNull().default(0),
});

export const outageLetters = sqliteTable(
  "outage_letters",
  {
    subscriptionId: integer("subscription_id").notNull(),
    eventId: integer("event_id").notNull(),
    deliveryId: integer("delivery_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.subscriptionId, table.eventId, table.deliveryId] })],
);

export const recoveries = sqliteTable("recoveries", {
  id: integer().primaryKey(),
  publicId: text("public_id").notNull(),
  subscriptionId: integer("subscription_id").notNull(),
  since: instant("since").notNull(),
  until: instant("until").notNull(),
  status: text({ enum: ["running", "finished", "cancelled"] }).notNull(),
  createdAt: instant("created_at").notNull(),
  finishedAt: instant("finished_at"),
  cursorAt: instant("cursor_at").notNull(),
  cursorId: integer("cursor_id").notNull(),
  events: integer().notNull().default(0),
  deliveries: integer().notNull().default(0),
});

export const customerMinutes = sqliteTable(
  "customer_minutes",
  {
    customerId: integer("customer_id").notNull(),
    at: instant("at").notNull(),
    eventsIn: integer("events_in").notNull(),
    delivered: integer().notNull(),
    failed: integer().notNull(),
    latencies: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.customerId, table.at] })],
);

export const endedTokens = sqliteTable("ended_tokens", {
  tokenId: text("token_id").primaryKey(),
  customerId: integer("customer_id").notNull(),
  expiresAt: instant("expires_at").notNull(),
});
