ALTER TABLE licenses DROP COLUMN version_range;
