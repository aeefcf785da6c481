CREATE TABLE controls (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    code text NOT NULL,
    code_key text NOT NULL,
    name text NOT NULL,
    description text,
    kind text NOT NULL,
    automation text NOT NULL,
    test_period_days bigint NOT NULL,
    design_effectiveness double precision
);
CREATE UNIQUE INDEX controls_code_key ON controls (code_key);
CREATE INDEX controls_unit_idx ON controls (unit_id);
CREATE INDEX controls_owner_idx ON controls (owner_id);

CREATE TABLE control_requirements (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    control_id uuid NOT NULL REFERENCES controls (id),
    requirement_id uuid NOT NULL REFERENCES requirements (id),
    extent text NOT NULL,
    rationale text
);
CREATE UNIQUE INDEX control_requirements_pair_key ON control_requirements (control_id, requirement_id);
CREATE INDEX control_requirements_requirement_idx ON control_requirements (requirement_id);

CREATE TABLE applicability_statements (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    requirement_id uuid NOT NULL REFERENCES requirements (id),
    applicable boolean NOT NULL,
    reason text
);
CREATE UNIQUE INDEX applicability_statements_pair_key ON applicability_statements (unit_id, requirement_id);
CREATE INDEX applicability_statements_requirement_idx ON applicability_statements (requirement_id);
CREATE INDEX applicability_statements_owner_idx ON applicability_statements (owner_id);

CREATE TABLE control_tests (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    control_id uuid NOT NULL REFERENCES controls (id),
    kind text NOT NULL,
    tested_on date NOT NULL,
    result text NOT NULL,
    procedure text,
    population bigint,
    sample_size bigint,
    deviations bigint,
    tester_id uuid REFERENCES people (id)
);
CREATE INDEX control_tests_control_idx ON control_tests (control_id, kind, tested_on, id);
CREATE INDEX control_tests_tester_idx ON control_tests (tester_id);
