-- Addresses of files that need no login, for a short time.
CREATE TABLE file_links (
    -- SHA-256 of the secret in the address, in hexadecimal.
    digest text PRIMARY KEY,
    file_id uuid NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    -- The content that it leads to.
    sha256 text NOT NULL,
    -- Whose permissions decide.
    principal_id uuid NOT NULL REFERENCES registry (id),
    expires_at timestamptz NOT NULL
);
CREATE INDEX file_links_file_idx ON file_links (file_id);
CREATE INDEX file_links_principal_idx ON file_links (principal_id);
