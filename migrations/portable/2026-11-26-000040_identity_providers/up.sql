CREATE TABLE identity_providers (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    code text NOT NULL,
    code_key text NOT NULL,
    name text NOT NULL,
    issuer text NOT NULL,
    audiences jsonb NOT NULL,
    jwks_url text,
    algorithms jsonb NOT NULL,
    subject_claim text NOT NULL,
    email_claim text NOT NULL,
    name_claim text NOT NULL,
    accounts_on_first_sight boolean NOT NULL,
    email_domains jsonb NOT NULL,
    custom jsonb
);
CREATE UNIQUE INDEX identity_providers_code_key ON identity_providers (code_key);
CREATE UNIQUE INDEX identity_providers_issuer_key ON identity_providers (issuer);

CREATE TABLE claim_mappings (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    provider_id uuid NOT NULL REFERENCES identity_providers (id),
    claim text NOT NULL,
    value text NOT NULL,
    role_id uuid NOT NULL REFERENCES roles (id),
    -- Null means everything.
    unit_id uuid REFERENCES units (id),
    custom jsonb
);
CREATE INDEX claim_mappings_provider_idx ON claim_mappings (provider_id);
CREATE INDEX claim_mappings_role_idx ON claim_mappings (role_id);
CREATE INDEX claim_mappings_unit_idx ON claim_mappings (unit_id);

CREATE TABLE external_identities (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    provider_id uuid NOT NULL REFERENCES identity_providers (id),
    subject text NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id),
    custom jsonb
);
CREATE UNIQUE INDEX external_identities_subject_key ON external_identities (provider_id, subject);
CREATE INDEX external_identities_user_idx ON external_identities (user_id);

ALTER TABLE grants ADD COLUMN external_identity_id uuid REFERENCES external_identities (id);
CREATE INDEX grants_external_identity_idx ON grants (external_identity_id);

-- Logins that began with an ID token, and as whom.
CREATE TABLE external_logins (
    login_id uuid NOT NULL REFERENCES logins (id) ON DELETE CASCADE,
    external_identity_id uuid NOT NULL REFERENCES external_identities (id) ON DELETE CASCADE,
    PRIMARY KEY (login_id)
);
CREATE INDEX external_logins_identity_idx ON external_logins (external_identity_id);
