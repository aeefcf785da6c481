DROP INDEX requirements_predecessor_idx;
ALTER TABLE requirements DROP COLUMN predecessor_id;
