CREATE TABLE circuits (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    provider_id uuid NOT NULL REFERENCES vendors (id),
    number text NOT NULL,
    kind text NOT NULL,
    bandwidth_mbps double precision,
    upload_mbps double precision,
    committed_percent double precision,
    a_site_id uuid REFERENCES sites (id),
    z_site_id uuid REFERENCES sites (id),
    installed_on date,
    terminates_on date,
    restore_hours bigint,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX circuits_number_key ON circuits (provider_id, number);
CREATE INDEX circuits_unit_idx ON circuits (unit_id);
CREATE INDEX circuits_owner_idx ON circuits (owner_id);
CREATE INDEX circuits_a_site_idx ON circuits (a_site_id);
CREATE INDEX circuits_z_site_idx ON circuits (z_site_id);
