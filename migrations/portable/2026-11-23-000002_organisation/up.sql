CREATE TABLE units (
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
    parent_id uuid REFERENCES units (id)
);
CREATE UNIQUE INDEX units_code_key ON units (code_key);
CREATE INDEX units_parent_idx ON units (parent_id);

CREATE TABLE people (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    name text NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL,
    manager_id uuid REFERENCES people (id),
    location text,
    job_title text,
    mentoring_capacity bigint NOT NULL,
    weekly_hours double precision NOT NULL,
    starts_on date,
    ends_on date,
    leaving_reason text
);
CREATE UNIQUE INDEX people_email_key ON people (email_key);
CREATE INDEX people_unit_idx ON people (unit_id);
CREATE INDEX people_manager_idx ON people (manager_id);
