-- A claim may give a role on what is one's own, and nothing else.
ALTER TABLE claim_mappings ADD COLUMN own boolean NOT NULL DEFAULT FALSE;
