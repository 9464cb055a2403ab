-- What customers ask of upstreams and cannot be taken back: written before anything is sent, and kept.

CREATE TABLE commands (
  id INTEGER PRIMARY KEY,
  public_id TEXT NOT NULL UNIQUE,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  asked_by TEXT NOT NULL, -- the customer's e-mail address at that time
  connector_id TEXT NOT NULL, -- its public id; a command outlives its connector
  name TEXT NOT NULL, -- such as 'mark-as-sold'
  target TEXT NOT NULL, -- what it is about in the upstream, such as 'listings/<id>'
  idempotency_key TEXT,
  request TEXT NOT NULL, -- JSON
  -- 'begun': nothing has gone out; 'sent': it went out or may have, and what became of it is not known for sure
  status TEXT NOT NULL CHECK (status IN ('begun', 'sent', 'settled')),
  created_at INTEGER NOT NULL,
  sent_at INTEGER,
  settled_at INTEGER,
  before TEXT, -- JSON: what a look-up must know of the state before it was sent
  outcome TEXT CHECK (outcome IN ('done', 'refused', 'not-done', 'unknown')), -- null: it was never answered
  verdict TEXT, -- JSON: what it was answered with
  CHECK ((settled_at IS NOT NULL) = (status = 'settled')),
  CHECK ((sent_at IS NULL) = (before IS NULL)),
  CHECK ((outcome IS NULL) = (verdict IS NULL)),
  CHECK (status <> 'begun' OR (sent_at IS NULL AND outcome IS NULL)),
  CHECK (status <> 'sent' OR (sent_at IS NOT NULL AND coalesce(outcome, 'unknown') = 'unknown')),
  CHECK (status <> 'settled' OR outcome <> 'unknown')
) STRICT;
CREATE UNIQUE INDEX commands_by_key ON commands (connector_id, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
CREATE INDEX commands_by_connector ON commands (connector_id, id);
CREATE INDEX commands_unsettled ON commands (id) WHERE status = 'sent';
