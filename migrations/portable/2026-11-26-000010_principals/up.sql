CREATE TABLE service_accounts (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    name text NOT NULL,
    description text,
    owner_id uuid NOT NULL REFERENCES people (id),
    -- SHA-256 of the secret, in hexadecimal.
    client_secret text,
    -- The same of the secret before, which is accepted until then.
    previous_secret text,
    previous_secret_until timestamptz,
    custom jsonb
);
CREATE INDEX service_accounts_owner_idx ON service_accounts (owner_id);

CREATE TABLE api_tokens (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    name text NOT NULL,
    principal_id uuid REFERENCES registry (id),
    scopes jsonb NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    -- SHA-256 of the token, in hexadecimal.
    token text,
    custom jsonb
);
CREATE INDEX api_tokens_principal_idx ON api_tokens (principal_id);
CREATE UNIQUE INDEX api_tokens_token_key ON api_tokens (token);

-- A grant is to a user or a service account.
ALTER TABLE grants RENAME TO grants_to_users;
CREATE TABLE grants (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    principal_id uuid NOT NULL REFERENCES registry (id),
    role_id uuid NOT NULL REFERENCES roles (id),
    -- Null means everything.
    unit_id uuid REFERENCES units (id)
);
INSERT INTO grants (id, revision, created_at, created_by, updated_at, updated_by, custom, principal_id, role_id, unit_id)
    SELECT id, revision, created_at, created_by, updated_at, updated_by, custom, principal_id, role_id, unit_id FROM grants_to_users;
DROP TABLE grants_to_users;
CREATE UNIQUE INDEX grants_unit_key ON grants (principal_id, role_id, unit_id) WHERE unit_id IS NOT NULL;
CREATE UNIQUE INDEX grants_everything_key ON grants (principal_id, role_id) WHERE unit_id IS NULL;
CREATE INDEX grants_role_idx ON grants (role_id);
CREATE INDEX grants_unit_idx ON grants (unit_id);

-- The API token by which the work was asked for. No key: work whose token is gone is not done.
ALTER TABLE jobs ADD COLUMN api_token uuid;
