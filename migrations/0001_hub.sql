-- Instants are integer milliseconds UTC. `id` is internal, `public_id` what the API shows (a UUID).

-- Facts about this hub itself, such as the check that SECRET_KEY opens this database.
CREATE TABLE hub (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE customers (
  id INTEGER PRIMARY KEY,
  public_id TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL UNIQUE, -- the e-mail as it is compared: without regard to case
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  api_key_hash BLOB NOT NULL UNIQUE, -- finds the customer by its key
  api_key_sealed BLOB NOT NULL, -- shows the key to its owner
  token_version INTEGER NOT NULL DEFAULT 0, -- tokens of an earlier version have ended
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE auction_ids (
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  auction_id TEXT NOT NULL,
  assigned_at INTEGER NOT NULL,
  position INTEGER NOT NULL, -- ids are listed in the order they were given
  PRIMARY KEY (customer_id, auction_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE signing_secrets (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  sealed BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER -- null: the present one
) STRICT;
CREATE UNIQUE INDEX signing_secrets_present ON signing_secrets (customer_id) WHERE expires_at IS NULL;
CREATE INDEX signing_secrets_by_customer ON signing_secrets (customer_id);

-- One row for each customer, environment and event type; deleting keeps the row, so that dead letters can tell.
CREATE TABLE subscriptions (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  environment TEXT NOT NULL CHECK (environment IN ('sandbox', 'production')),
  event_type TEXT NOT NULL, -- a name or a pattern
  webhook_url TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active', 'paused', 'deleted')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (customer_id, environment, event_type)
) STRICT;

-- Who changed which subscription or auction ids when: what "why was it not delivered" is answered from.
CREATE TABLE changes (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  at INTEGER NOT NULL,
  actor TEXT NOT NULL CHECK (actor IN ('customer', 'operator')),
  subject TEXT NOT NULL CHECK (subject IN ('subscription', 'auction-ids', 'customer')),
  subject_key TEXT NOT NULL, -- '<environment>#<event type>' for a subscription
  before TEXT, -- JSON; null: there was nothing
  after TEXT -- JSON; null: there is nothing any more
) STRICT;
CREATE INDEX changes_by_subject ON changes (customer_id, subject, subject_key, at);

CREATE TABLE publishers (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  key_hash BLOB NOT NULL UNIQUE,
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'removed')),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  public_id TEXT NOT NULL UNIQUE,
  environment TEXT NOT NULL CHECK (environment IN ('sandbox', 'production')),
  event_type TEXT NOT NULL,
  payload TEXT NOT NULL, -- as it came, byte for byte
  auction_ids TEXT, -- JSON array; null: the event names no auction
  owner_id INTEGER REFERENCES customers (id), -- a connector's event belongs to one customer
  door TEXT NOT NULL, -- where it came in: 'publisher:<name>', 'connector:<id>'
  admitted_at INTEGER NOT NULL
) STRICT;

-- What a dedupe key was answered with the first time; outlives its event.
CREATE TABLE dedupe_keys (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  event_public_id TEXT NOT NULL,
  event_type TEXT NOT NULL,
  deliveries INTEGER NOT NULL,
  admitted_at INTEGER NOT NULL,
  PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY,
  public_id TEXT NOT NULL UNIQUE,
  event_id INTEGER NOT NULL REFERENCES events (id),
  subscription_id INTEGER NOT NULL REFERENCES subscriptions (id),
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  -- for each row SQLite would make an index of a longer list after IN: a sixth of its work for an event
  status TEXT NOT NULL CHECK (status = 'pending' OR status = 'success' OR status = 'failed' OR status = 'cancelled'),
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  due_at INTEGER,
  created_at INTEGER NOT NULL,
  last_attempt_at INTEGER,
  settled_at INTEGER,
  failure_reason TEXT,
  replay_of TEXT, -- public id of the dead letter this delivery repeats
  replayed_at INTEGER,
  CHECK ((due_at IS NOT NULL) = (status = 'pending')),
  CHECK ((settled_at IS NOT NULL) = (status <> 'pending')),
  CHECK ((failure_reason IS NOT NULL) = (status = 'failed')),
  CHECK (replayed_at IS NULL OR status = 'failed')
) STRICT;
CREATE INDEX deliveries_by_customer ON deliveries (customer_id, id);
CREATE INDEX deliveries_by_event ON deliveries (event_id);
CREATE INDEX deliveries_due ON deliveries (subscription_id, due_at, attempts, id) WHERE status = 'pending';
CREATE INDEX dead_letters ON deliveries (customer_id, id) WHERE status = 'failed';
CREATE INDEX dead_letters_unreplayed ON deliveries (customer_id, id)
  WHERE status = 'failed' AND replayed_at IS NULL;

-- The truthful record of each attempt: what was sent, what came back, how long it took.
CREATE TABLE attempts (
  delivery_id INTEGER NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  at INTEGER NOT NULL,
  duration_ms REAL NOT NULL,
  resolve_ms REAL,
  first_byte_ms REAL,
  outcome TEXT NOT NULL, -- 'accepted', 'rejected', or why it was unreachable
  webhook_url TEXT NOT NULL,
  request_headers TEXT NOT NULL, -- JSON
  response_status INTEGER,
  response_headers TEXT, -- JSON
  response_body TEXT, -- the first 4 KiB
  PRIMARY KEY (delivery_id, attempt)
) STRICT, WITHOUT ROWID;
