-- The place of a revision in the feed of events: in the order of commits, of one record in that of its revisions. Null until it is numbered.
ALTER TABLE revisions ADD COLUMN position bigint;
CREATE UNIQUE INDEX revisions_position_key ON revisions (position);
CREATE INDEX revisions_collection_position_idx ON revisions (collection, position);
CREATE INDEX revisions_unnumbered_idx ON revisions (id) WHERE position IS NULL;
