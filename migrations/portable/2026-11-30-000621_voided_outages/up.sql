-- An outage that was recorded wrongly is voided, by whom and why, and counts no longer.
ALTER TABLE outages ADD COLUMN void_reason text;
ALTER TABLE outages ADD COLUMN voider_id uuid REFERENCES people (id);
CREATE INDEX outages_voider_idx ON outages (voider_id);
