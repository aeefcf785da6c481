-- The version of a framework that another one replaces.
ALTER TABLE frameworks ADD COLUMN supersedes_id uuid REFERENCES frameworks (id);
CREATE INDEX frameworks_supersedes_idx ON frameworks (supersedes_id);
