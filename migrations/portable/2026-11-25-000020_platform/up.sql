CREATE TABLE calendars (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    code text NOT NULL,
    code_key text NOT NULL,
    name text NOT NULL,
    time_zone text NOT NULL,
    week jsonb NOT NULL,
    exceptions jsonb NOT NULL,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX calendars_code_key ON calendars (code_key);

CREATE TABLE conflicts (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    subject_id uuid NOT NULL REFERENCES registry (id),
    rule text NOT NULL,
    detail text NOT NULL,
    custom jsonb
);
CREATE INDEX conflicts_subject_idx ON conflicts (subject_id);
