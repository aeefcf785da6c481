DROP INDEX revisions_unnumbered_idx;
DROP INDEX revisions_collection_position_idx;
DROP INDEX revisions_position_key;
ALTER TABLE revisions DROP COLUMN position;
