ALTER TABLE maintenance_windows DROP COLUMN approved_at;
