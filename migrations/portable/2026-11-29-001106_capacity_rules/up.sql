-- How people's capacity is counted.
ALTER TABLE settings ADD COLUMN non_project_percent double precision NOT NULL DEFAULT 0;
ALTER TABLE settings ADD COLUMN allocation_tolerance_percent double precision NOT NULL DEFAULT 10;
