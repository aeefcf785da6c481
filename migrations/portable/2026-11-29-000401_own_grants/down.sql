-- What was granted on one's own would be granted on everything.
DELETE FROM grants WHERE own;
DROP INDEX grants_everything_key;
DROP INDEX grants_unit_key;
CREATE UNIQUE INDEX grants_unit_key ON grants (principal_id, role_id, unit_id) WHERE unit_id IS NOT NULL;
CREATE UNIQUE INDEX grants_everything_key ON grants (principal_id, role_id) WHERE unit_id IS NULL;
ALTER TABLE grants DROP COLUMN own;
