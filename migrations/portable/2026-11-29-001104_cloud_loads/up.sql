-- Loads of cloud charges, which a restatement replaces as a whole.
CREATE TABLE cloud_loads (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    batch text NOT NULL,
    provider text,
    billing_account text,
    billing_starts_at timestamptz,
    billing_ends_at timestamptz,
    row_count bigint NOT NULL,
    digest text NOT NULL,
    replaces_id uuid REFERENCES cloud_loads (id),
    description text,
    custom jsonb
);
CREATE INDEX cloud_loads_unit_idx ON cloud_loads (unit_id);
CREATE INDEX cloud_loads_batch_idx ON cloud_loads (batch);
CREATE INDEX cloud_loads_replaces_idx ON cloud_loads (replaces_id);

-- Rules that assign charges to services and cost centers, without touching the charges.
CREATE TABLE cloud_assignment_rules (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    code text NOT NULL,
    code_key text NOT NULL,
    position bigint NOT NULL,
    provider text,
    billing_account text,
    sub_account text,
    service_category text,
    service_name text,
    region text,
    resource_prefix text,
    tag_key text,
    tag_value text,
    service_id uuid REFERENCES services (id),
    cost_center_id uuid REFERENCES cost_centers (id),
    starts_on date,
    ends_on date,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX cloud_assignment_rules_code_key ON cloud_assignment_rules (code_key);
CREATE INDEX cloud_assignment_rules_unit_idx ON cloud_assignment_rules (unit_id);
CREATE INDEX cloud_assignment_rules_service_idx ON cloud_assignment_rules (service_id);
CREATE INDEX cloud_assignment_rules_cost_center_idx ON cloud_assignment_rules (cost_center_id);

ALTER TABLE cloud_charges ADD COLUMN cloud_load_id uuid REFERENCES cloud_loads (id);
ALTER TABLE cloud_charges ADD COLUMN publisher text;
ALTER TABLE cloud_charges ADD COLUMN invoice_issuer text;
ALTER TABLE cloud_charges ADD COLUMN sku_price text;
ALTER TABLE cloud_charges ADD COLUMN pricing_quantity_units bigint;
ALTER TABLE cloud_charges ADD COLUMN pricing_quantity_pico bigint;
ALTER TABLE cloud_charges ADD COLUMN pricing_unit text;
ALTER TABLE cloud_charges ADD COLUMN commitment_discount_category text;
ALTER TABLE cloud_charges ADD COLUMN commitment_discount_type text;
ALTER TABLE cloud_charges ADD COLUMN tags jsonb NOT NULL DEFAULT '[]';
DROP INDEX cloud_charges_row_key;
CREATE UNIQUE INDEX cloud_charges_row_key ON cloud_charges (row_key) WHERE cloud_load_id IS NULL;
CREATE UNIQUE INDEX cloud_charges_load_row_key ON cloud_charges (cloud_load_id, row_key);
CREATE INDEX cloud_charges_starts_idx ON cloud_charges (starts_at);
