-- When something that services stand on was down, or did less than it should.
CREATE TABLE component_outages (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    target_id uuid NOT NULL REFERENCES registry (id),
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    planned boolean NOT NULL,
    degraded_percent double precision NOT NULL,
    incident_id uuid REFERENCES incidents (id),
    maintenance_window_id uuid REFERENCES maintenance_windows (id),
    description text,
    void_reason text,
    voider_id uuid REFERENCES people (id),
    custom jsonb
);
CREATE INDEX component_outages_unit_idx ON component_outages (unit_id);
CREATE INDEX component_outages_target_idx ON component_outages (target_id);
CREATE INDEX component_outages_incident_idx ON component_outages (incident_id);
CREATE INDEX component_outages_maintenance_window_idx ON component_outages (maintenance_window_id);
CREATE INDEX component_outages_voider_idx ON component_outages (voider_id);
