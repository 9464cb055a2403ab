-- What is left to be done after what an upstream brought was kept, and the files that were fetched so.

CREATE TABLE connector_errands (
  id INTEGER PRIMARY KEY,
  connector_id INTEGER NOT NULL REFERENCES connectors (id),
  name TEXT NOT NULL, -- of what is to be done, such as 'archive'
  key TEXT NOT NULL, -- what it is about
  request TEXT NOT NULL, -- JSON
  asked INTEGER NOT NULL DEFAULT 1, -- how often; grows while it is under way when it must be done once more
  asked_at INTEGER NOT NULL, -- the last time
  due_at INTEGER, -- null: given up
  tries INTEGER NOT NULL DEFAULT 0, -- failed ones since it was asked for the last time
  error_code TEXT,
  error TEXT,
  failed_at INTEGER,
  UNIQUE (connector_id, name, key),
  CHECK ((error_code IS NULL) = (failed_at IS NULL)),
  CHECK ((error_code IS NULL) = (error IS NULL)),
  CHECK (due_at IS NOT NULL OR failed_at IS NOT NULL)
) STRICT;
CREATE INDEX connector_errands_due ON connector_errands (connector_id, due_at);

-- Files of upstreams; the content of each lies once in the data folder, under its digest.
CREATE TABLE documents (
  id INTEGER PRIMARY KEY,
  public_id TEXT NOT NULL UNIQUE,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  connector_id TEXT NOT NULL, -- its public id; a document outlives its connector
  connector TEXT NOT NULL, -- the connector's name at that time
  deal_id TEXT NOT NULL,
  document_id TEXT, -- the upstream's own, where it gives one
  classification TEXT,
  name TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size INTEGER NOT NULL, -- bytes
  sha256 TEXT NOT NULL, -- hex
  created_at INTEGER NOT NULL,
  UNIQUE (connector_id, deal_id, sha256)
) STRICT;
CREATE INDEX documents_by_customer ON documents (customer_id, id);
CREATE INDEX documents_by_content ON documents (sha256);
CREATE INDEX documents_by_age ON documents (created_at);
