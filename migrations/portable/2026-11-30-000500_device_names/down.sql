DROP INDEX devices_name_key;
ALTER TABLE devices DROP COLUMN name_key;
