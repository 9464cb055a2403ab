-- Customers' ways into upstream systems: what they are set to, what they know, and how each run went.

-- A deleted one stays until what hangs on it has been swept away; its name is free at once.
CREATE TABLE connectors (
  id INTEGER PRIMARY KEY,
  public_id TEXT NOT NULL UNIQUE, -- unguessable: webhooks come in by it
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  environment TEXT NOT NULL CHECK (environment IN ('sandbox', 'production')),
  schedule TEXT NOT NULL,
  settings TEXT NOT NULL, -- JSON; nothing secret
  secrets BLOB NOT NULL, -- the secret settings, sealed; empty once it is deleted
  status TEXT NOT NULL CHECK (status IN ('active', 'paused', 'deleted')),
  version INTEGER NOT NULL DEFAULT 1, -- of its settings; a run of an earlier version keeps nothing more
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  cursor TEXT,
  first_complete_at INTEGER, -- null: no run was complete yet
  next_run_at INTEGER, -- null: only by hand
  failures INTEGER NOT NULL DEFAULT 0, -- failed tries since the last success or new settings
  last_success_at INTEGER,
  last_error_code TEXT,
  last_error TEXT,
  last_error_at INTEGER,
  received INTEGER NOT NULL DEFAULT 0, -- webhooks taken
  last_received_at INTEGER,
  refused INTEGER NOT NULL DEFAULT 0, -- webhooks that failed their check
  last_refusal TEXT,
  last_refused_at INTEGER
) STRICT;
CREATE UNIQUE INDEX connectors_by_name ON connectors (customer_id, name) WHERE status <> 'deleted';
CREATE INDEX connectors_due ON connectors (next_run_at) WHERE status = 'active' AND next_run_at IS NOT NULL;

-- What a connector remembers of the upstream's things, to tell what is new.
CREATE TABLE connector_memory (
  id INTEGER PRIMARY KEY, -- the runs keep in mind by it what they have seen
  connector_id INTEGER NOT NULL REFERENCES connectors (id),
  entity TEXT NOT NULL,
  state TEXT NOT NULL,
  UNIQUE (connector_id, entity)
) STRICT;

-- One poll each; the numbers grow with each step, in the step's own transaction.
CREATE TABLE connector_runs (
  id INTEGER PRIMARY KEY,
  public_id TEXT NOT NULL UNIQUE,
  connector_id INTEGER NOT NULL REFERENCES connectors (id),
  asked_by TEXT NOT NULL CHECK (asked_by IN ('schedule', 'customer')),
  status TEXT NOT NULL CHECK (status IN ('running', 'complete', 'failed', 'cut off')),
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  pages INTEGER NOT NULL DEFAULT 0,
  items INTEGER NOT NULL DEFAULT 0,
  events INTEGER NOT NULL DEFAULT 0,
  stale INTEGER NOT NULL DEFAULT 0, -- items that were older than what was known of them
  requests INTEGER NOT NULL DEFAULT 0,
  error_code TEXT,
  error TEXT,
  CHECK ((finished_at IS NULL) = (status = 'running')),
  CHECK ((error_code IS NULL) = (error IS NULL))
) STRICT;
CREATE INDEX connector_runs_by_connector ON connector_runs (connector_id, id);
CREATE UNIQUE INDEX connector_runs_running ON connector_runs (connector_id) WHERE status = 'running';
