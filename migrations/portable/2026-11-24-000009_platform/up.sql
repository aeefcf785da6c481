CREATE TABLE custom_fields (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    collection text NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    description text,
    kind text NOT NULL,
    required boolean NOT NULL,
    is_unique boolean NOT NULL,
    pattern text,
    minimum double precision,
    maximum double precision,
    choices jsonb,
    refers_to text
);
CREATE UNIQUE INDEX custom_fields_code_key ON custom_fields (collection, code);

-- The values of custom fields that must differ between records.
CREATE TABLE custom_values (
    field_id uuid NOT NULL REFERENCES custom_fields (id) ON DELETE CASCADE,
    -- Folded.
    value text NOT NULL,
    record_id uuid NOT NULL REFERENCES registry (id),
    PRIMARY KEY (field_id, value)
);
CREATE INDEX custom_values_record_idx ON custom_values (record_id);

CREATE TABLE tags (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    subject_id uuid NOT NULL REFERENCES registry (id),
    label text NOT NULL,
    label_key text NOT NULL
);
CREATE UNIQUE INDEX tags_label_key ON tags (subject_id, label_key);

CREATE TABLE comments (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    subject_id uuid NOT NULL REFERENCES registry (id),
    text text NOT NULL,
    reply_to_id uuid REFERENCES comments (id)
);
CREATE INDEX comments_subject_idx ON comments (subject_id);
CREATE INDEX comments_reply_to_idx ON comments (reply_to_id);

CREATE TABLE links (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    subject_id uuid NOT NULL REFERENCES registry (id),
    target_id uuid NOT NULL REFERENCES registry (id),
    kind text NOT NULL,
    note text
);
CREATE UNIQUE INDEX links_pair_key ON links (subject_id, target_id, kind);
CREATE INDEX links_target_idx ON links (target_id);

-- The content of files, once for each content. It stays with the tombstone of the last file that has it, so that a
-- deleted file can be restored.
CREATE TABLE blobs (
    sha256 text PRIMARY KEY,
    content bytea NOT NULL
);

CREATE TABLE files (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    name text NOT NULL,
    content_type text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL REFERENCES blobs (sha256)
);
CREATE INDEX files_created_by_idx ON files (created_by);
CREATE INDEX files_sha256_idx ON files (sha256);

CREATE TABLE attachments (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    subject_id uuid NOT NULL REFERENCES registry (id),
    file_id uuid NOT NULL REFERENCES files (id),
    title text NOT NULL,
    description text
);
CREATE INDEX attachments_subject_idx ON attachments (subject_id);
CREATE INDEX attachments_file_idx ON attachments (file_id);

CREATE TABLE operations (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    state text NOT NULL,
    kind text NOT NULL,
    percent bigint NOT NULL,
    counts jsonb,
    result jsonb,
    problem jsonb
);
CREATE INDEX operations_created_by_idx ON operations (created_by);

-- Work that no request waits for.
CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    -- Of what comes round regularly: once in the house.
    name text,
    operation_id uuid REFERENCES operations (id),
    principal_id uuid NOT NULL,
    arguments jsonb NOT NULL,
    payload bytea NOT NULL,
    run_at timestamptz NOT NULL,
    leased_until timestamptz,
    -- How often it was taken: the token of the lease.
    attempts bigint NOT NULL,
    period_seconds bigint
);
CREATE UNIQUE INDEX jobs_name_key ON jobs (name);
CREATE INDEX jobs_run_at_idx ON jobs (run_at);
CREATE INDEX jobs_operation_idx ON jobs (operation_id);
