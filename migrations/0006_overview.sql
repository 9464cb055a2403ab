-- What came in and went out, counted as it happens: a row for each minute in which something did.

CREATE TABLE customer_minutes (
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  at INTEGER NOT NULL, -- the minute's beginning
  events_in INTEGER NOT NULL, -- events that came to this customer, however many subscriptions they went to
  delivered INTEGER NOT NULL,
  failed INTEGER NOT NULL, -- deliveries that became dead letters
  latencies TEXT NOT NULL, -- JSON: [bin, count] pairs of how long first attempts that succeeded took
  PRIMARY KEY (customer_id, at)
) STRICT, WITHOUT ROWID;
