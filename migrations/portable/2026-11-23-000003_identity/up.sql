CREATE TABLE users (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    state text NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL,
    name text NOT NULL,
    -- The Argon2id hash in PHC form.
    password text,
    person_id uuid REFERENCES people (id)
);
CREATE UNIQUE INDEX users_email_key ON users (email_key);
CREATE INDEX users_person_idx ON users (person_id);

CREATE TABLE roles (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    code text NOT NULL,
    code_key text NOT NULL,
    name text NOT NULL,
    description text,
    permissions jsonb NOT NULL
);
CREATE UNIQUE INDEX roles_code_key ON roles (code_key);

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
CREATE UNIQUE INDEX grants_unit_key ON grants (principal_id, role_id, unit_id) WHERE unit_id IS NOT NULL;
CREATE UNIQUE INDEX grants_everything_key ON grants (principal_id, role_id) WHERE unit_id IS NULL;
CREATE INDEX grants_role_idx ON grants (role_id);
CREATE INDEX grants_unit_idx ON grants (unit_id);

CREATE TABLE signing_keys (
    id uuid PRIMARY KEY,
    -- The Ed25519 seed, base64url.
    seed text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE refresh_tokens (
    id uuid PRIMARY KEY,
    -- All tokens that descend from one login.
    family_id uuid NOT NULL,
    principal_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- SHA-256 of the token, in hexadecimal.
    digest text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz
);
CREATE UNIQUE INDEX refresh_tokens_digest_key ON refresh_tokens (digest);
CREATE INDEX refresh_tokens_family_idx ON refresh_tokens (family_id);
CREATE INDEX refresh_tokens_principal_idx ON refresh_tokens (principal_id);
