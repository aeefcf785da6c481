-- Programs that log users in on the login page.
CREATE TABLE login_clients (
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
    redirect_uris jsonb NOT NULL,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX login_clients_code_key ON login_clients (code_key);

-- The client whose refresh tokens the login has; null where it was not begun on the login page.
ALTER TABLE logins ADD COLUMN client text;

-- Codes that the login page gave, each good once.
CREATE TABLE authorization_codes (
    -- SHA-256 of the code, in hexadecimal.
    digest text PRIMARY KEY,
    login_id uuid NOT NULL REFERENCES logins (id) ON DELETE CASCADE,
    client text NOT NULL,
    redirect_uri text NOT NULL,
    challenge text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX authorization_codes_login_idx ON authorization_codes (login_id);

-- Requests that wait while somebody logs in at an identity provider.
CREATE TABLE authorization_requests (
    digest text PRIMARY KEY,
    provider_id uuid NOT NULL REFERENCES identity_providers (id) ON DELETE CASCADE,
    -- SHA-256 of the nonce, in hexadecimal.
    nonce text NOT NULL,
    request jsonb NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX authorization_requests_provider_idx ON authorization_requests (provider_id);
