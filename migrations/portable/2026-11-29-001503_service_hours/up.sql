-- The hours in which a service is agreed to be there, and by when its incidents are to be put right.
ALTER TABLE services ADD COLUMN calendar_id uuid REFERENCES calendars (id);
ALTER TABLE services ADD COLUMN opens_at_minute bigint NOT NULL DEFAULT 0;
ALTER TABLE services ADD COLUMN resolution_targets jsonb NOT NULL DEFAULT '[]';
CREATE INDEX services_calendar_idx ON services (calendar_id);

ALTER TABLE incidents ADD COLUMN due_at timestamptz;
ALTER TABLE incidents ADD COLUMN held_at timestamptz;
ALTER TABLE incidents ADD COLUMN held_seconds bigint NOT NULL DEFAULT 0;
