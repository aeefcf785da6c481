-- Work that was imported is found again by its identifier in the planning tool.
ALTER TABLE work_items ADD COLUMN import_key text;
ALTER TABLE work_items ADD COLUMN import_key_key text;
CREATE UNIQUE INDEX work_items_import_key_key ON work_items (project_id, import_key_key);
