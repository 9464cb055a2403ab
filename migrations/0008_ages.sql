-- By how long ago they were: what a sweep finds the old ones by.
CREATE INDEX changes_by_age ON changes (at, id);
CREATE INDEX recoveries_by_end ON recoveries (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX connector_runs_by_end ON connector_runs (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX commands_by_age ON commands (created_at, id);
