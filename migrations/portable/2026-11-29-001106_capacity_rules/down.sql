ALTER TABLE settings DROP COLUMN allocation_tolerance_percent;
ALTER TABLE settings DROP COLUMN non_project_percent;
