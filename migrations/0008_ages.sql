-- By how long ago they were: what a sweep finds the old ones by.
CREATE INDEX commands_by_age ON commands (created_at, id);
