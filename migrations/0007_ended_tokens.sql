-- Tokens that their customers ended by signing out, until they would have ended by themselves.

CREATE TABLE ended_tokens (
  token_id TEXT PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  expires_at INTEGER NOT NULL -- when the token ends by itself
) STRICT, WITHOUT ROWID;
CREATE INDEX ended_tokens_by_customer ON ended_tokens (customer_id);
CREATE INDEX ended_tokens_by_expiry ON ended_tokens (expires_at);
