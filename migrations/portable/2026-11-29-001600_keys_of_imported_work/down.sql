DROP INDEX work_items_import_key_key;
ALTER TABLE work_items DROP COLUMN import_key_key;
ALTER TABLE work_items DROP COLUMN import_key;
