CREATE TABLE sites (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    code text NOT NULL,
    code_key text NOT NULL,
    name text NOT NULL,
    address text,
    latitude double precision,
    longitude double precision,
    custom jsonb
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
    state text NOT NULL,
    site_id uuid NOT NULL REFERENCES sites (id),
    parent_id uuid REFERENCES locations (id),
    name text NOT NULL,
    description text,
    custom jsonb
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
    state text NOT NULL,
    site_id uuid NOT NULL REFERENCES sites (id),
    location_id uuid REFERENCES locations (id),
    name text NOT NULL,
    height_units bigint NOT NULL,
    power_limit_w double precision,
    weight_limit_kg double precision,
    custom jsonb
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
    name text NOT NULL,
    support_url text,
    custom jsonb
);
CREATE UNIQUE INDEX manufacturers_name_key ON manufacturers (name);

CREATE TABLE device_types (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    manufacturer_id uuid NOT NULL REFERENCES manufacturers (id),
    model text NOT NULL,
    height_units double precision NOT NULL,
    full_depth boolean NOT NULL,
    weight_kg double precision,
    power_draw_w double precision,
    end_of_sale_on date,
    end_of_support_on date,
    end_of_security_on date,
    custom jsonb
);
CREATE UNIQUE INDEX device_types_model_key ON device_types (manufacturer_id, model);

CREATE TABLE cables (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    from_id uuid NOT NULL REFERENCES registry (id),
    from_end text,
    to_id uuid NOT NULL REFERENCES registry (id),
    to_end text,
    label text,
    kind text,
    colour text,
    length_m double precision,
    description text,
    custom jsonb
);
CREATE INDEX cables_unit_idx ON cables (unit_id);
CREATE INDEX cables_from_idx ON cables (from_id);
CREATE INDEX cables_to_idx ON cables (to_id);

CREATE TABLE vrfs (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    name text NOT NULL,
    route_distinguisher text,
    import_targets jsonb NOT NULL,
    export_targets jsonb NOT NULL,
    allow_duplicate_addresses boolean NOT NULL,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX vrfs_name_key ON vrfs (name);
CREATE INDEX vrfs_unit_idx ON vrfs (unit_id);
CREATE INDEX vrfs_owner_idx ON vrfs (owner_id);

CREATE TABLE vlan_groups (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    name text NOT NULL,
    site_id uuid REFERENCES sites (id),
    lowest_vid bigint NOT NULL,
    highest_vid bigint NOT NULL,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX vlan_groups_name_key ON vlan_groups (name);
CREATE INDEX vlan_groups_unit_idx ON vlan_groups (unit_id);
CREATE INDEX vlan_groups_owner_idx ON vlan_groups (owner_id);
CREATE INDEX vlan_groups_site_idx ON vlan_groups (site_id);

CREATE TABLE vlans (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    group_id uuid NOT NULL REFERENCES vlan_groups (id),
    vid bigint NOT NULL,
    name text NOT NULL,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX vlans_vid_key ON vlans (group_id, vid);

CREATE TABLE interfaces (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    node_id uuid NOT NULL REFERENCES registry (id),
    name text NOT NULL,
    kind text NOT NULL,
    speed_mbps bigint,
    mac_address text,
    mtu bigint,
    enabled boolean NOT NULL,
    management_only boolean NOT NULL,
    parent_id uuid REFERENCES interfaces (id),
    untagged_vlan_id uuid REFERENCES vlans (id),
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX interfaces_name_key ON interfaces (node_id, name);
CREATE INDEX interfaces_unit_idx ON interfaces (unit_id);
CREATE INDEX interfaces_parent_idx ON interfaces (parent_id);
CREATE INDEX interfaces_untagged_vlan_idx ON interfaces (untagged_vlan_id);

CREATE TABLE prefixes (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    vrf_id uuid NOT NULL REFERENCES vrfs (id),
    prefix text NOT NULL,
    prefix_last text NOT NULL,
    prefix_key text NOT NULL,
    kind text NOT NULL,
    name text,
    site_id uuid REFERENCES sites (id),
    vlan_id uuid REFERENCES vlans (id),
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX prefixes_prefix_key ON prefixes (vrf_id, prefix_key);
CREATE INDEX prefixes_unit_idx ON prefixes (unit_id);
CREATE INDEX prefixes_owner_idx ON prefixes (owner_id);
CREATE INDEX prefixes_site_idx ON prefixes (site_id);
CREATE INDEX prefixes_vlan_idx ON prefixes (vlan_id);

CREATE TABLE ip_addresses (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    vrf_id uuid NOT NULL REFERENCES vrfs (id),
    address text NOT NULL,
    address_key text NOT NULL,
    assigned_to_id uuid REFERENCES interfaces (id),
    kind text NOT NULL,
    dns_name text,
    nat_inside_id uuid REFERENCES ip_addresses (id),
    description text,
    custom jsonb
);
CREATE INDEX ip_addresses_unit_idx ON ip_addresses (unit_id);
CREATE INDEX ip_addresses_vrf_idx ON ip_addresses (vrf_id);
CREATE INDEX ip_addresses_assigned_to_idx ON ip_addresses (assigned_to_id);
CREATE INDEX ip_addresses_nat_inside_idx ON ip_addresses (nat_inside_id);

CREATE TABLE devices (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
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
    primary_address_id uuid REFERENCES ip_addresses (id),
    serial text,
    planned_retirement_on date,
    description text,
    custom jsonb
);
CREATE INDEX devices_unit_idx ON devices (unit_id);
CREATE INDEX devices_owner_idx ON devices (owner_id);
CREATE INDEX devices_device_type_idx ON devices (device_type_id);
CREATE INDEX devices_site_idx ON devices (site_id);
CREATE INDEX devices_location_idx ON devices (location_id);
CREATE INDEX devices_rack_idx ON devices (rack_id);
CREATE INDEX devices_primary_address_idx ON devices (primary_address_id);

CREATE TABLE clusters (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    name text NOT NULL,
    kind text NOT NULL,
    platform text,
    platform_version text,
    site_id uuid REFERENCES sites (id),
    physical_cores bigint,
    memory_gib double precision,
    max_vcpu_ratio double precision,
    tolerated_failures bigint,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX clusters_name_key ON clusters (name);
CREATE INDEX clusters_unit_idx ON clusters (unit_id);
CREATE INDEX clusters_owner_idx ON clusters (owner_id);
CREATE INDEX clusters_site_idx ON clusters (site_id);

CREATE TABLE virtual_machines (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    name text NOT NULL,
    cluster_id uuid REFERENCES clusters (id),
    device_id uuid REFERENCES devices (id),
    role text,
    vcpus double precision,
    memory_gib double precision,
    disk_gib double precision,
    operating_system text,
    primary_address_id uuid REFERENCES ip_addresses (id),
    start_order bigint,
    planned_retirement_on date,
    description text,
    custom jsonb
);
CREATE INDEX virtual_machines_unit_idx ON virtual_machines (unit_id);
CREATE INDEX virtual_machines_owner_idx ON virtual_machines (owner_id);
CREATE INDEX virtual_machines_cluster_idx ON virtual_machines (cluster_id);
CREATE INDEX virtual_machines_device_idx ON virtual_machines (device_id);
CREATE INDEX virtual_machines_primary_address_idx ON virtual_machines (primary_address_id);

CREATE TABLE storage_pools (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    name text NOT NULL,
    kind text NOT NULL,
    node_id uuid REFERENCES registry (id),
    media text,
    redundancy text,
    capacity_gib double precision,
    used_gib double precision,
    max_overcommit_ratio double precision,
    encrypted boolean,
    description text,
    custom jsonb
);
CREATE INDEX storage_pools_unit_idx ON storage_pools (unit_id);
CREATE INDEX storage_pools_owner_idx ON storage_pools (owner_id);
CREATE INDEX storage_pools_node_idx ON storage_pools (node_id);

CREATE TABLE volumes (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    name text NOT NULL,
    storage_pool_id uuid REFERENCES storage_pools (id),
    attached_to_id uuid REFERENCES registry (id),
    mount_point text,
    size_gib double precision,
    used_gib double precision,
    thin boolean,
    encrypted boolean,
    description text,
    custom jsonb
);
CREATE INDEX volumes_unit_idx ON volumes (unit_id);
CREATE INDEX volumes_owner_idx ON volumes (owner_id);
CREATE INDEX volumes_storage_pool_idx ON volumes (storage_pool_id);
CREATE INDEX volumes_attached_to_idx ON volumes (attached_to_id);

CREATE TABLE cloud_resources (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    name text NOT NULL,
    native_name text NOT NULL,
    kind text NOT NULL,
    account text,
    region text,
    resource_class text,
    launched_on date,
    planned_retirement_on date,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX cloud_resources_native_name_key ON cloud_resources (native_name);
CREATE INDEX cloud_resources_unit_idx ON cloud_resources (unit_id);
CREATE INDEX cloud_resources_owner_idx ON cloud_resources (owner_id);

CREATE TABLE backup_policies (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    name text NOT NULL,
    frequency text NOT NULL,
    method text,
    retention_days bigint NOT NULL,
    offsite boolean NOT NULL,
    immutable boolean NOT NULL,
    encrypted boolean NOT NULL,
    restore_test_days bigint,
    recovery_point_seconds bigint,
    recovery_time_seconds bigint,
    target_ids jsonb NOT NULL,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX backup_policies_name_key ON backup_policies (name);
CREATE INDEX backup_policies_unit_idx ON backup_policies (unit_id);
CREATE INDEX backup_policies_owner_idx ON backup_policies (owner_id);

CREATE TABLE backup_runs (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    policy_id uuid NOT NULL REFERENCES backup_policies (id),
    target_id uuid NOT NULL REFERENCES registry (id),
    kind text NOT NULL,
    result text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    size_gib double precision,
    recovery_point_at timestamptz,
    detail text,
    tester_id uuid REFERENCES people (id)
);
CREATE INDEX backup_runs_policy_idx ON backup_runs (policy_id);
CREATE INDEX backup_runs_target_idx ON backup_runs (target_id);
CREATE INDEX backup_runs_tester_idx ON backup_runs (tester_id);

CREATE TABLE services (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
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
    disposition text,
    custom jsonb
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
    unit_id uuid NOT NULL REFERENCES units (id),
    from_id uuid NOT NULL REFERENCES registry (id),
    to_id uuid NOT NULL REFERENCES registry (id),
    kind text NOT NULL,
    redundancy_group text,
    min_up bigint,
    custom jsonb
);
CREATE UNIQUE INDEX dependencies_edge_key ON dependencies (from_id, to_id, kind);
CREATE INDEX dependencies_unit_idx ON dependencies (unit_id);
CREATE INDEX dependencies_to_idx ON dependencies (to_id);

CREATE TABLE software_products (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    name text NOT NULL,
    publisher text,
    kind text NOT NULL,
    purl text,
    cpe text,
    license_expression text,
    website text,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX software_products_name_key ON software_products (name);

CREATE TABLE software_releases (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    software_product_id uuid NOT NULL REFERENCES software_products (id),
    version text NOT NULL,
    approval text NOT NULL,
    long_term_support boolean NOT NULL,
    released_on date,
    end_of_support_on date,
    end_of_security_on date,
    purl text,
    release_notes_url text,
    notes text,
    custom jsonb
);
CREATE UNIQUE INDEX software_releases_version_key ON software_releases (software_product_id, version);

CREATE TABLE licenses (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    name text NOT NULL,
    software_product_id uuid NOT NULL REFERENCES software_products (id),
    metric text NOT NULL,
    quantity bigint NOT NULL,
    over_assignment text NOT NULL,
    starts_on date,
    ends_on date,
    maintenance_ends_on date,
    auto_renew boolean NOT NULL,
    unit_cost_units bigint,
    unit_cost_pico bigint,
    unit_cost_currency text,
    entitlement_number text,
    license_key text,
    notes text,
    custom jsonb
);
CREATE INDEX licenses_unit_idx ON licenses (unit_id);
CREATE INDEX licenses_owner_idx ON licenses (owner_id);
CREATE INDEX licenses_software_product_idx ON licenses (software_product_id);

CREATE TABLE installations (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    software_release_id uuid NOT NULL REFERENCES software_releases (id),
    host_id uuid NOT NULL REFERENCES registry (id),
    license_id uuid REFERENCES licenses (id),
    installed_on date,
    source text NOT NULL,
    discovered_at timestamptz,
    last_seen_at timestamptz,
    path text,
    notes text,
    custom jsonb
);
CREATE UNIQUE INDEX installations_release_key ON installations (host_id, software_release_id);
CREATE INDEX installations_unit_idx ON installations (unit_id);
CREATE INDEX installations_software_release_idx ON installations (software_release_id);
CREATE INDEX installations_license_idx ON installations (license_id);

CREATE TABLE license_assignments (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    license_id uuid NOT NULL REFERENCES licenses (id),
    target_id uuid NOT NULL REFERENCES registry (id),
    quantity bigint NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    notes text,
    custom jsonb
);
CREATE INDEX license_assignments_license_idx ON license_assignments (license_id);
CREATE INDEX license_assignments_target_idx ON license_assignments (target_id);

CREATE TABLE dns_domains (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    name text NOT NULL,
    name_key text NOT NULL,
    service_id uuid REFERENCES services (id),
    registered_on date,
    expires_on date,
    auto_renew boolean NOT NULL,
    notice_days bigint NOT NULL,
    transfer_locked boolean NOT NULL,
    dnssec boolean NOT NULL,
    name_servers jsonb NOT NULL,
    notes text,
    custom jsonb
);
CREATE UNIQUE INDEX dns_domains_name_key ON dns_domains (name_key);
CREATE INDEX dns_domains_unit_idx ON dns_domains (unit_id);
CREATE INDEX dns_domains_owner_idx ON dns_domains (owner_id);
CREATE INDEX dns_domains_service_idx ON dns_domains (service_id);

CREATE TABLE certificates (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    name text NOT NULL,
    kind text NOT NULL,
    alternative_names jsonb NOT NULL,
    issuer text,
    serial_number text,
    sha256 text,
    key_algorithm text,
    key_bits bigint,
    issued_on date,
    expires_on date NOT NULL,
    revoked_on date,
    auto_renew boolean NOT NULL,
    notice_days bigint NOT NULL,
    target_id uuid REFERENCES registry (id),
    dns_domain_id uuid REFERENCES dns_domains (id),
    notes text,
    custom jsonb
);
CREATE INDEX certificates_unit_idx ON certificates (unit_id);
CREATE INDEX certificates_owner_idx ON certificates (owner_id);
CREATE INDEX certificates_target_idx ON certificates (target_id);
CREATE INDEX certificates_dns_domain_idx ON certificates (dns_domain_id);

CREATE TABLE assets (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    tag text NOT NULL,
    tag_key text NOT NULL,
    name text NOT NULL,
    serial text,
    item_id uuid REFERENCES registry (id),
    cost_category_id uuid REFERENCES cost_categories (id),
    cost_center_id uuid REFERENCES cost_centers (id),
    custodian_id uuid REFERENCES people (id),
    location_id uuid REFERENCES locations (id),
    ownership text NOT NULL,
    purchased_on date,
    cost_amount bigint,
    cost_currency text,
    salvage_amount bigint,
    salvage_currency text,
    in_service_on date,
    depreciation_method text NOT NULL,
    depreciation_convention text NOT NULL,
    life_months bigint,
    life_units double precision,
    usage jsonb NOT NULL,
    warranty_ends_on date,
    holds_data boolean,
    wiped_on date,
    wipe_evidence text,
    wipe_file_id uuid REFERENCES files (id),
    disposed_on date,
    disposal_method text,
    disposal_proceeds_amount bigint,
    disposal_proceeds_currency text,
    notes text,
    custom jsonb
);
CREATE UNIQUE INDEX assets_tag_key ON assets (tag_key);
CREATE INDEX assets_unit_idx ON assets (unit_id);
CREATE INDEX assets_item_idx ON assets (item_id);
CREATE INDEX assets_cost_category_idx ON assets (cost_category_id);
CREATE INDEX assets_cost_center_idx ON assets (cost_center_id);
CREATE INDEX assets_custodian_idx ON assets (custodian_id);
CREATE INDEX assets_location_idx ON assets (location_id);
CREATE INDEX assets_wipe_file_idx ON assets (wipe_file_id);

CREATE TABLE asset_assignments (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    asset_id uuid NOT NULL REFERENCES assets (id),
    assignee_id uuid NOT NULL REFERENCES registry (id),
    starts_on date NOT NULL,
    due_on date,
    ends_on date,
    purpose text,
    condition_out text,
    condition_back text,
    receipt_file_id uuid REFERENCES files (id),
    custom jsonb
);
CREATE INDEX asset_assignments_asset_idx ON asset_assignments (asset_id);
CREATE INDEX asset_assignments_assignee_idx ON asset_assignments (assignee_id);
CREATE INDEX asset_assignments_receipt_file_idx ON asset_assignments (receipt_file_id);

CREATE TABLE maintenance_plans (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    name text NOT NULL,
    target_id uuid NOT NULL REFERENCES registry (id),
    recurrence jsonb NOT NULL,
    last_done_on date,
    next_due_on date,
    duration_hours double precision,
    needs_downtime boolean NOT NULL,
    instructions text,
    team_id uuid REFERENCES teams (id),
    custom jsonb
);
CREATE INDEX maintenance_plans_unit_idx ON maintenance_plans (unit_id);
CREATE INDEX maintenance_plans_owner_idx ON maintenance_plans (owner_id);
CREATE INDEX maintenance_plans_target_idx ON maintenance_plans (target_id);
CREATE INDEX maintenance_plans_team_idx ON maintenance_plans (team_id);

CREATE TABLE change_models (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    code text NOT NULL,
    code_key text NOT NULL,
    name text NOT NULL,
    description text,
    risk text NOT NULL,
    implementation_plan text,
    test_plan text,
    rollback_plan text,
    duration_hours double precision,
    authorized_on date,
    expires_on date,
    custom jsonb
);
CREATE UNIQUE INDEX change_models_code_key ON change_models (code_key);
CREATE INDEX change_models_unit_idx ON change_models (unit_id);
CREATE INDEX change_models_owner_idx ON change_models (owner_id);

CREATE TABLE freeze_periods (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    name text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    service_id uuid REFERENCES services (id),
    reason text,
    custom jsonb
);
CREATE INDEX freeze_periods_unit_idx ON freeze_periods (unit_id);
CREATE INDEX freeze_periods_owner_idx ON freeze_periods (owner_id);
CREATE INDEX freeze_periods_service_idx ON freeze_periods (service_id);

CREATE TABLE problems (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    title text NOT NULL,
    description text,
    priority text NOT NULL,
    service_id uuid REFERENCES services (id),
    target_id uuid REFERENCES registry (id),
    team_id uuid REFERENCES teams (id),
    root_cause text,
    workaround text,
    resolution text,
    due_on date,
    custom jsonb
);
CREATE INDEX problems_unit_idx ON problems (unit_id);
CREATE INDEX problems_owner_idx ON problems (owner_id);
CREATE INDEX problems_service_idx ON problems (service_id);
CREATE INDEX problems_target_idx ON problems (target_id);
CREATE INDEX problems_team_idx ON problems (team_id);

CREATE TABLE changes (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    title text NOT NULL,
    kind text NOT NULL,
    description text,
    service_id uuid REFERENCES services (id),
    target_id uuid REFERENCES registry (id),
    change_model_id uuid REFERENCES change_models (id),
    risk text,
    impact text,
    implementation_plan text,
    test_plan text,
    rollback_plan text,
    requester_id uuid REFERENCES people (id),
    implementer_id uuid REFERENCES people (id),
    starts_at timestamptz,
    ends_at timestamptz,
    implementation_starts_at timestamptz,
    implementation_ends_at timestamptz,
    approval_due_at timestamptz,
    emergency_approved_at timestamptz,
    emergency_approver_id uuid REFERENCES people (id),
    problem_id uuid REFERENCES problems (id),
    is_deployment boolean NOT NULL,
    committed_at timestamptz,
    review text,
    custom jsonb
);
CREATE INDEX changes_unit_idx ON changes (unit_id);
CREATE INDEX changes_owner_idx ON changes (owner_id);
CREATE INDEX changes_service_idx ON changes (service_id);
CREATE INDEX changes_target_idx ON changes (target_id);
CREATE INDEX changes_change_model_idx ON changes (change_model_id);
CREATE INDEX changes_requester_idx ON changes (requester_id);
CREATE INDEX changes_implementer_idx ON changes (implementer_id);
CREATE INDEX changes_emergency_approver_idx ON changes (emergency_approver_id);
CREATE INDEX changes_problem_idx ON changes (problem_id);

CREATE TABLE maintenance_windows (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    name text NOT NULL,
    target_id uuid REFERENCES registry (id),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    expects_outage boolean NOT NULL,
    maintenance_plan_id uuid REFERENCES maintenance_plans (id),
    change_id uuid REFERENCES changes (id),
    team_id uuid REFERENCES teams (id),
    description text,
    outcome text,
    custom jsonb
);
CREATE INDEX maintenance_windows_unit_idx ON maintenance_windows (unit_id);
CREATE INDEX maintenance_windows_owner_idx ON maintenance_windows (owner_id);
CREATE INDEX maintenance_windows_target_idx ON maintenance_windows (target_id);
CREATE INDEX maintenance_windows_maintenance_plan_idx ON maintenance_windows (maintenance_plan_id);
CREATE INDEX maintenance_windows_change_idx ON maintenance_windows (change_id);
CREATE INDEX maintenance_windows_team_idx ON maintenance_windows (team_id);

CREATE TABLE incidents (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    title text NOT NULL,
    description text,
    impact text NOT NULL,
    urgency text NOT NULL,
    priority bigint,
    is_major boolean NOT NULL,
    service_id uuid REFERENCES services (id),
    target_id uuid REFERENCES registry (id),
    started_at timestamptz,
    detected_at timestamptz,
    restored_at timestamptz,
    reporter_id uuid REFERENCES people (id),
    team_id uuid REFERENCES teams (id),
    causing_change_id uuid REFERENCES changes (id),
    problem_id uuid REFERENCES problems (id),
    hold_reason text,
    resolution text,
    custom jsonb
);
CREATE INDEX incidents_unit_idx ON incidents (unit_id);
CREATE INDEX incidents_owner_idx ON incidents (owner_id);
CREATE INDEX incidents_service_idx ON incidents (service_id);
CREATE INDEX incidents_target_idx ON incidents (target_id);
CREATE INDEX incidents_reporter_idx ON incidents (reporter_id);
CREATE INDEX incidents_team_idx ON incidents (team_id);
CREATE INDEX incidents_causing_change_idx ON incidents (causing_change_id);
CREATE INDEX incidents_problem_idx ON incidents (problem_id);

CREATE TABLE outages (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    service_id uuid NOT NULL REFERENCES services (id),
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    planned boolean NOT NULL,
    degraded_percent double precision NOT NULL,
    incident_id uuid REFERENCES incidents (id),
    maintenance_window_id uuid REFERENCES maintenance_windows (id),
    description text,
    custom jsonb
);
CREATE INDEX outages_service_idx ON outages (service_id);
CREATE INDEX outages_incident_idx ON outages (incident_id);
CREATE INDEX outages_maintenance_window_idx ON outages (maintenance_window_id);

CREATE TABLE metric_series (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    subject_id uuid NOT NULL REFERENCES registry (id),
    name text NOT NULL,
    measured_in text NOT NULL,
    kind text NOT NULL,
    interval_seconds bigint,
    source text,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX metric_series_name_key ON metric_series (subject_id, name);
CREATE INDEX metric_series_unit_idx ON metric_series (unit_id);

CREATE TABLE slos (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    service_id uuid NOT NULL REFERENCES services (id),
    name text NOT NULL,
    indicator text NOT NULL,
    target_percent double precision NOT NULL,
    window_days bigint NOT NULL,
    threshold double precision,
    excludes_maintenance boolean NOT NULL,
    series_id uuid REFERENCES metric_series (id),
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX slos_name_key ON slos (service_id, name);
CREATE INDEX slos_series_idx ON slos (series_id);

CREATE TABLE metric_samples (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    series_id uuid NOT NULL REFERENCES metric_series (id),
    measured_at timestamptz NOT NULL,
    value double precision NOT NULL
);
CREATE UNIQUE INDEX metric_samples_time_key ON metric_samples (series_id, measured_at);

CREATE TABLE capacity_targets (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    series_id uuid NOT NULL REFERENCES metric_series (id),
    name text NOT NULL,
    capacity double precision NOT NULL,
    threshold double precision NOT NULL,
    lead_time_days bigint NOT NULL,
    planned_demand jsonb NOT NULL,
    notes text,
    custom jsonb
);
CREATE INDEX capacity_targets_series_idx ON capacity_targets (series_id);
CREATE INDEX ip_addresses_address_idx ON ip_addresses (vrf_id, address_key);
CREATE INDEX prefixes_prefix_idx ON prefixes (vrf_id, prefix_key);
