-- How each subscription fares, and the ways back after an outage.

ALTER TABLE subscriptions ADD COLUMN recovery TEXT NOT NULL DEFAULT 'manual'
  CHECK (recovery IN ('manual', 'automatic'));

-- Successes are written at most once a second, failures and changes of health at once.
CREATE TABLE subscription_health (
  subscription_id INTEGER PRIMARY KEY REFERENCES subscriptions (id),
  failing_since INTEGER, -- the first failed attempt since the last success; null: healthy
  last_success_at INTEGER,
  consecutive_failures INTEGER NOT NULL DEFAULT 0
) STRICT;

-- A subscription with automatic recovery that has dead letters to bring back.
CREATE TABLE outages (
  subscription_id INTEGER PRIMARY KEY REFERENCES subscriptions (id),
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  began_at INTEGER NOT NULL,
  phase TEXT NOT NULL CHECK (phase IN ('probing', 'draining')),
  next_at INTEGER, -- the next probe, or the next step of the draining; null: a probe is under way
  wait_ms INTEGER NOT NULL, -- the wait before the next probe
  step INTEGER NOT NULL DEFAULT 0, -- how many the last step of the draining has replayed
  probe_id INTEGER, -- the delivery that is the last probe
  probed_event_id INTEGER NOT NULL DEFAULT 0 -- the next probe takes a later event where there is one
) STRICT;

-- The dead letters of an outage, in the order of their events.
CREATE TABLE outage_letters (
  subscription_id INTEGER NOT NULL REFERENCES outages (subscription_id) ON DELETE CASCADE,
  event_id INTEGER NOT NULL,
  delivery_id INTEGER NOT NULL,
  PRIMARY KEY (subscription_id, event_id, delivery_id)
) STRICT, WITHOUT ROWID;

-- Runs that make deliveries again of stored events, for one subscription.
CREATE TABLE recoveries (
  id INTEGER PRIMARY KEY,
  public_id TEXT NOT NULL UNIQUE,
  subscription_id INTEGER NOT NULL REFERENCES subscriptions (id),
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'cancelled')),
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  cursor_at INTEGER NOT NULL, -- how far it has come: an event's instant of admission …
  cursor_id INTEGER NOT NULL, -- … and its id
  events INTEGER NOT NULL DEFAULT 0, -- matching events looked at
  deliveries INTEGER NOT NULL DEFAULT 0, -- deliveries made
  CHECK ((finished_at IS NULL) = (status = 'running'))
) STRICT;
CREATE INDEX recoveries_by_subscription ON recoveries (subscription_id, id);
CREATE UNIQUE INDEX recoveries_running ON recoveries (subscription_id) WHERE status = 'running';

CREATE INDEX events_by_admission ON events (admitted_at, id);
