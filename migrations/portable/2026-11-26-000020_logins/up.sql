-- A login is what all tokens of one grant share: when it ends, they all do. Who was logged in logs in once more.
CREATE TABLE logins (
    id uuid PRIMARY KEY,
    principal_id uuid NOT NULL REFERENCES registry (id),
    started_at timestamptz NOT NULL,
    -- When the last of its tokens expires, unless it is refreshed before.
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX logins_principal_idx ON logins (principal_id);
CREATE INDEX logins_expires_idx ON logins (expires_at);

DROP TABLE refresh_tokens;
CREATE TABLE refresh_tokens (
    id uuid PRIMARY KEY,
    login_id uuid NOT NULL REFERENCES logins (id) ON DELETE CASCADE,
    -- SHA-256 of the token, in hexadecimal.
    digest text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE UNIQUE INDEX refresh_tokens_digest_key ON refresh_tokens (digest);
CREATE INDEX refresh_tokens_login_idx ON refresh_tokens (login_id);

-- From when a key signs: it is published before. Null: from its beginning.
ALTER TABLE signing_keys ADD COLUMN signs_from timestamptz;
-- When the last token that it signed has expired; null while no other has taken its place.
ALTER TABLE signing_keys ADD COLUMN retires_at timestamptz;
