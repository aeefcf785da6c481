DROP INDEX frameworks_supersedes_idx;
ALTER TABLE frameworks DROP COLUMN supersedes_id;
