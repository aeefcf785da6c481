ALTER TABLE incidents DROP COLUMN held_seconds;
ALTER TABLE incidents DROP COLUMN held_at;
ALTER TABLE incidents DROP COLUMN due_at;
DROP INDEX services_calendar_idx;
ALTER TABLE services DROP COLUMN resolution_targets;
ALTER TABLE services DROP COLUMN opens_at_minute;
ALTER TABLE services DROP COLUMN calendar_id;
