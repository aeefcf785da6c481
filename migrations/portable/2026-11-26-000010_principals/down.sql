ALTER TABLE jobs DROP COLUMN api_token;
DELETE FROM grants WHERE principal_id NOT IN (SELECT id FROM users);
ALTER TABLE grants RENAME TO grants_to_all;
CREATE TABLE grants (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    principal_id uuid NOT NULL REFERENCES users (id),
    role_id uuid NOT NULL REFERENCES roles (id),
    -- Null means everything.
    unit_id uuid REFERENCES units (id)
);
INSERT INTO grants (id, revision, created_at, created_by, updated_at, updated_by, custom, principal_id, role_id, unit_id)
    SELECT id, revision, created_at, created_by, updated_at, updated_by, custom, principal_id, role_id, unit_id FROM grants_to_all;
DROP TABLE grants_to_all;
CREATE UNIQUE INDEX grants_unit_key ON grants (principal_id, role_id, unit_id) WHERE unit_id IS NOT NULL;
CREATE UNIQUE INDEX grants_everything_key ON grants (principal_id, role_id) WHERE unit_id IS NULL;
CREATE INDEX grants_role_idx ON grants (role_id);
CREATE INDEX grants_unit_idx ON grants (unit_id);
DROP TABLE api_tokens;
DROP TABLE service_accounts;
