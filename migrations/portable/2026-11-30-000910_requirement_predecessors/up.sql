-- The requirement of the replaced version of a framework that a requirement continues.
ALTER TABLE requirements ADD COLUMN predecessor_id uuid REFERENCES requirements (id);
CREATE INDEX requirements_predecessor_idx ON requirements (predecessor_id);
