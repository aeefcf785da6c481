CREATE TABLE vendors (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    code text NOT NULL,
    code_key text NOT NULL,
    name text NOT NULL,
    legal_name text,
    registration_number text,
    vat_number text,
    lei text,
    category text,
    parent_id uuid REFERENCES vendors (id),
    tier text,
    criticality text,
    substitutability text,
    risk_tier text,
    relationship_manager_id uuid REFERENCES people (id),
    review_interval_months bigint,
    website text,
    notes text,
    custom jsonb
);
CREATE UNIQUE INDEX vendors_code_key ON vendors (code_key);
CREATE INDEX vendors_unit_idx ON vendors (unit_id);
CREATE INDEX vendors_parent_idx ON vendors (parent_id);
CREATE INDEX vendors_relationship_manager_idx ON vendors (relationship_manager_id);
