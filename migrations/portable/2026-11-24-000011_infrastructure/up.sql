CREATE TABLE sites (
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
    address text,
    latitude double precision,
    longitude double precision
);
CREATE UNIQUE INDEX sites_code_key ON sites (code_key);
CREATE INDEX sites_unit_idx ON sites (unit_id);
CREATE INDEX sites_owner_idx ON sites (owner_id);

CREATE TABLE locations (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    state text NOT NULL,
    site_id uuid NOT NULL REFERENCES sites (id),
    parent_id uuid REFERENCES locations (id),
    name text NOT NULL,
    description text
);
CREATE UNIQUE INDEX locations_name_key ON locations (site_id, name);
CREATE INDEX locations_parent_idx ON locations (parent_id);

CREATE TABLE racks (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    state text NOT NULL,
    site_id uuid NOT NULL REFERENCES sites (id),
    location_id uuid REFERENCES locations (id),
    name text NOT NULL,
    height_units bigint NOT NULL,
    power_limit_w double precision,
    weight_limit_kg double precision
);
CREATE UNIQUE INDEX racks_name_key ON racks (site_id, name);
CREATE INDEX racks_location_idx ON racks (location_id);

CREATE TABLE manufacturers (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    name text NOT NULL,
    support_url text
);
CREATE UNIQUE INDEX manufacturers_name_key ON manufacturers (name);

CREATE TABLE device_types (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    manufacturer_id uuid NOT NULL REFERENCES manufacturers (id),
    model text NOT NULL,
    height_units double precision NOT NULL,
    full_depth boolean NOT NULL,
    weight_kg double precision,
    power_draw_w double precision,
    end_of_sale_on date,
    end_of_support_on date,
    end_of_security_on date
);
CREATE UNIQUE INDEX device_types_model_key ON device_types (manufacturer_id, model);

CREATE TABLE devices (
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
    name text NOT NULL,
    device_type_id uuid NOT NULL REFERENCES device_types (id),
    role text NOT NULL,
    site_id uuid REFERENCES sites (id),
    location_id uuid REFERENCES locations (id),
    rack_id uuid REFERENCES racks (id),
    position double precision,
    face text,
    serial text,
    planned_retirement_on date,
    description text
);
CREATE INDEX devices_unit_idx ON devices (unit_id);
CREATE INDEX devices_owner_idx ON devices (owner_id);
CREATE INDEX devices_device_type_idx ON devices (device_type_id);
CREATE INDEX devices_site_idx ON devices (site_id);
CREATE INDEX devices_rack_idx ON devices (rack_id);
CREATE INDEX devices_location_idx ON devices (location_id);

CREATE TABLE services (
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
    criticality_tier bigint NOT NULL,
    hosting text,
    user_count bigint,
    disposition text
);
CREATE UNIQUE INDEX services_code_key ON services (code_key);
CREATE INDEX services_unit_idx ON services (unit_id);
CREATE INDEX services_owner_idx ON services (owner_id);

CREATE TABLE dependencies (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    unit_id uuid NOT NULL REFERENCES units (id),
    from_id uuid NOT NULL REFERENCES registry (id),
    to_id uuid NOT NULL REFERENCES registry (id),
    kind text NOT NULL,
    redundancy_group text,
    min_up bigint
);
CREATE UNIQUE INDEX dependencies_edge_key ON dependencies (from_id, to_id, kind);
CREATE INDEX dependencies_unit_idx ON dependencies (unit_id);
CREATE INDEX dependencies_to_idx ON dependencies (to_id);
