-- A grant may reach what is the grantee's own, and nothing else.
ALTER TABLE grants ADD COLUMN own boolean NOT NULL DEFAULT FALSE;
DROP INDEX grants_unit_key;
DROP INDEX grants_everything_key;
CREATE UNIQUE INDEX grants_unit_key ON grants (principal_id, role_id, unit_id, own) WHERE unit_id IS NOT NULL;
CREATE UNIQUE INDEX grants_everything_key ON grants (principal_id, role_id, own) WHERE unit_id IS NULL;
