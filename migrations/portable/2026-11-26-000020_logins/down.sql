ALTER TABLE signing_keys DROP COLUMN retires_at;
ALTER TABLE signing_keys DROP COLUMN signs_from;
DROP TABLE refresh_tokens;
DROP TABLE logins;
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
