CREATE TABLE role_profiles (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    state text NOT NULL,
    code text NOT NULL,
    code_key text NOT NULL,
    version text NOT NULL,
    name text NOT NULL,
    description text
);
CREATE UNIQUE INDEX role_profiles_version_key ON role_profiles (code_key, version);

CREATE TABLE one_on_ones (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    unit_id uuid NOT NULL REFERENCES units (id),
    person_id uuid NOT NULL REFERENCES people (id),
    lead_id uuid NOT NULL REFERENCES people (id),
    held_on date NOT NULL,
    agenda text,
    notes text
);
CREATE INDEX one_on_ones_unit_idx ON one_on_ones (unit_id);
CREATE INDEX one_on_ones_person_idx ON one_on_ones (person_id);
CREATE INDEX one_on_ones_lead_idx ON one_on_ones (lead_id);

CREATE TABLE labor_rates (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    unit_id uuid NOT NULL REFERENCES units (id),
    subject_id uuid NOT NULL REFERENCES registry (id),
    hourly_rate_units bigint NOT NULL,
    hourly_rate_pico bigint NOT NULL,
    hourly_rate_currency text NOT NULL,
    starts_on date NOT NULL,
    ends_on date
);
CREATE INDEX labor_rates_unit_idx ON labor_rates (unit_id);
CREATE INDEX labor_rates_subject_idx ON labor_rates (subject_id, starts_on);
