CREATE TABLE information_assets (
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
    classification text NOT NULL,
    confidentiality bigint NOT NULL,
    integrity bigint NOT NULL,
    availability bigint NOT NULL,
    service_id uuid REFERENCES services (id),
    custodian_id uuid REFERENCES people (id),
    location text,
    personal_data boolean NOT NULL,
    special_categories boolean NOT NULL,
    retention_months bigint,
    review_due_on date,
    custom jsonb
);
CREATE UNIQUE INDEX information_assets_code_key ON information_assets (code_key);
CREATE INDEX information_assets_unit_idx ON information_assets (unit_id);
CREATE INDEX information_assets_owner_idx ON information_assets (owner_id);
CREATE INDEX information_assets_service_idx ON information_assets (service_id);
CREATE INDEX information_assets_custodian_idx ON information_assets (custodian_id);

CREATE TABLE access_rights (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    person_id uuid NOT NULL REFERENCES people (id),
    service_id uuid NOT NULL REFERENCES services (id),
    entitlement text NOT NULL,
    account_name text,
    privileged boolean NOT NULL,
    granted_on date NOT NULL,
    expires_on date,
    revoked_on date,
    last_used_on date,
    approver_id uuid REFERENCES people (id),
    justification text,
    custom jsonb
);
CREATE INDEX access_rights_unit_idx ON access_rights (unit_id);
CREATE INDEX access_rights_person_idx ON access_rights (person_id);
CREATE INDEX access_rights_service_idx ON access_rights (service_id);
CREATE INDEX access_rights_approver_idx ON access_rights (approver_id);

CREATE TABLE access_reviews (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    name text NOT NULL,
    service_id uuid NOT NULL REFERENCES services (id),
    privileged_only boolean NOT NULL,
    reviewer_id uuid REFERENCES people (id),
    starts_on date,
    due_on date NOT NULL,
    decisions jsonb NOT NULL,
    notes text,
    custom jsonb
);
CREATE INDEX access_reviews_unit_idx ON access_reviews (unit_id);
CREATE INDEX access_reviews_service_idx ON access_reviews (service_id);
CREATE INDEX access_reviews_reviewer_idx ON access_reviews (reviewer_id);

CREATE TABLE policies (
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
    title text NOT NULL,
    kind text NOT NULL,
    summary text,
    parent_id uuid REFERENCES policies (id),
    approver_id uuid REFERENCES people (id),
    custom jsonb
);
CREATE UNIQUE INDEX policies_code_key ON policies (code_key);
CREATE INDEX policies_unit_idx ON policies (unit_id);
CREATE INDEX policies_owner_idx ON policies (owner_id);
CREATE INDEX policies_parent_idx ON policies (parent_id);
CREATE INDEX policies_approver_idx ON policies (approver_id);

CREATE TABLE policy_versions (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    policy_id uuid NOT NULL REFERENCES policies (id),
    major bigint NOT NULL,
    minor bigint NOT NULL,
    body text NOT NULL,
    sha256 text,
    file_id uuid REFERENCES files (id),
    change_summary text,
    audience text NOT NULL,
    audience_id uuid REFERENCES registry (id),
    review_interval_months bigint NOT NULL,
    effective_on date,
    reviewed_on date,
    custom jsonb
);
CREATE UNIQUE INDEX policy_versions_number_key ON policy_versions (policy_id, major, minor);
CREATE INDEX policy_versions_file_idx ON policy_versions (file_id);
CREATE INDEX policy_versions_audience_idx ON policy_versions (audience_id);

CREATE TABLE attestation_campaigns (
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
    policy_version_id uuid NOT NULL REFERENCES policy_versions (id),
    starts_on date NOT NULL,
    due_on date NOT NULL,
    message text,
    custom jsonb
);
CREATE INDEX attestation_campaigns_unit_idx ON attestation_campaigns (unit_id);
CREATE INDEX attestation_campaigns_owner_idx ON attestation_campaigns (owner_id);
CREATE INDEX attestation_campaigns_policy_version_idx ON attestation_campaigns (policy_version_id);

CREATE TABLE attestations (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    policy_version_id uuid NOT NULL REFERENCES policy_versions (id),
    person_id uuid NOT NULL REFERENCES people (id),
    sha256 text NOT NULL,
    attested_at timestamptz NOT NULL,
    campaign_id uuid REFERENCES attestation_campaigns (id)
);
CREATE INDEX attestations_policy_version_idx ON attestations (policy_version_id);
CREATE INDEX attestations_person_idx ON attestations (person_id);
CREATE INDEX attestations_campaign_idx ON attestations (campaign_id);

CREATE TABLE risk_matrices (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    code text NOT NULL,
    code_key text NOT NULL,
    name text NOT NULL,
    description text,
    likelihood_levels jsonb NOT NULL,
    impact_levels jsonb NOT NULL,
    risk_levels jsonb NOT NULL,
    grid jsonb NOT NULL,
    custom jsonb
);
CREATE UNIQUE INDEX risk_matrices_code_key ON risk_matrices (code_key);

CREATE TABLE risk_appetites (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    name text NOT NULL,
    category text,
    risk_matrix_id uuid NOT NULL REFERENCES risk_matrices (id),
    max_level bigint NOT NULL,
    max_expected_annual_loss_amount bigint,
    max_expected_annual_loss_currency text,
    statement text,
    starts_on date NOT NULL,
    ends_on date,
    custom jsonb
);
CREATE INDEX risk_appetites_unit_idx ON risk_appetites (unit_id);
CREATE INDEX risk_appetites_owner_idx ON risk_appetites (owner_id);
CREATE INDEX risk_appetites_risk_matrix_idx ON risk_appetites (risk_matrix_id);

CREATE TABLE risks (
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
    title text NOT NULL,
    kind text NOT NULL,
    category text NOT NULL,
    cause text,
    event text,
    consequence text,
    risk_matrix_id uuid NOT NULL REFERENCES risk_matrices (id),
    identified_on date,
    next_review_on date,
    review_interval_months bigint,
    information_asset_id uuid REFERENCES information_assets (id),
    service_id uuid REFERENCES services (id),
    project_id uuid REFERENCES projects (id),
    objective_id uuid REFERENCES objectives (id),
    closure_reason text,
    custom jsonb
);
CREATE UNIQUE INDEX risks_code_key ON risks (code_key);
CREATE INDEX risks_unit_idx ON risks (unit_id);
CREATE INDEX risks_owner_idx ON risks (owner_id);
CREATE INDEX risks_risk_matrix_idx ON risks (risk_matrix_id);
CREATE INDEX risks_information_asset_idx ON risks (information_asset_id);
CREATE INDEX risks_service_idx ON risks (service_id);
CREATE INDEX risks_project_idx ON risks (project_id);
CREATE INDEX risks_objective_idx ON risks (objective_id);

CREATE TABLE risk_assessments (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    risk_id uuid NOT NULL REFERENCES risks (id),
    risk_matrix_id uuid REFERENCES risk_matrices (id),
    stage text NOT NULL,
    likelihood bigint NOT NULL,
    impact bigint NOT NULL,
    assessed_on date NOT NULL,
    rationale text,
    override_reason text,
    assessor_id uuid REFERENCES people (id),
    custom jsonb
);
CREATE INDEX risk_assessments_risk_idx ON risk_assessments (risk_id);
CREATE INDEX risk_assessments_risk_matrix_idx ON risk_assessments (risk_matrix_id);
CREATE INDEX risk_assessments_assessor_idx ON risk_assessments (assessor_id);

CREATE TABLE risk_quantifications (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    risk_id uuid NOT NULL REFERENCES risks (id),
    name text NOT NULL,
    stage text NOT NULL,
    frequency double precision,
    frequency_pert jsonb,
    loss_interval jsonb,
    loss_pert jsonb,
    secondary_loss jsonb,
    trials bigint NOT NULL,
    seed bigint NOT NULL,
    rationale text,
    custom jsonb
);
CREATE INDEX risk_quantifications_risk_idx ON risk_quantifications (risk_id);

CREATE TABLE treatments (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    risk_id uuid NOT NULL REFERENCES risks (id),
    name text NOT NULL,
    kind text NOT NULL,
    description text,
    owner_id uuid REFERENCES people (id),
    control_id uuid REFERENCES controls (id),
    project_id uuid REFERENCES projects (id),
    cost_amount bigint,
    cost_currency text,
    annual_cost_amount bigint,
    annual_cost_currency text,
    expected_reduction_amount bigint,
    expected_reduction_currency text,
    starts_on date,
    due_on date,
    progress_percent double precision,
    activity_ended_on date,
    evidence_file_id uuid REFERENCES files (id),
    accepted_on date,
    custom jsonb
);
CREATE INDEX treatments_risk_idx ON treatments (risk_id);
CREATE INDEX treatments_owner_idx ON treatments (owner_id);
CREATE INDEX treatments_control_idx ON treatments (control_id);
CREATE INDEX treatments_project_idx ON treatments (project_id);
CREATE INDEX treatments_evidence_file_idx ON treatments (evidence_file_id);

CREATE TABLE threats (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    code text NOT NULL,
    code_key text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    source text,
    technique text,
    tactic text,
    description text,
    url text,
    custom jsonb
);
CREATE UNIQUE INDEX threats_code_key ON threats (code_key);

CREATE TABLE risk_scenarios (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    risk_id uuid NOT NULL REFERENCES risks (id),
    name text NOT NULL,
    description text,
    threat_id uuid REFERENCES threats (id),
    target_id uuid REFERENCES registry (id),
    inherent_frequency double precision NOT NULL,
    rationale text,
    controls jsonb NOT NULL,
    custom jsonb
);
CREATE INDEX risk_scenarios_risk_idx ON risk_scenarios (risk_id);
CREATE INDEX risk_scenarios_threat_idx ON risk_scenarios (threat_id);
CREATE INDEX risk_scenarios_target_idx ON risk_scenarios (target_id);

CREATE TABLE advisories (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    code text NOT NULL,
    code_key text NOT NULL,
    title text NOT NULL,
    description text,
    severity text,
    cvss2_vector text,
    cvss3_vector text,
    cvss4_vector text,
    epss double precision,
    epss_on date,
    known_exploited boolean NOT NULL,
    known_exploited_on date,
    known_exploited_due_on date,
    affected text,
    remedy text,
    published_on date,
    modified_on date,
    url text,
    custom jsonb
);
CREATE UNIQUE INDEX advisories_code_key ON advisories (code_key);

CREATE TABLE vulnerabilities (
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
    subject_id uuid NOT NULL REFERENCES registry (id),
    advisory_id uuid REFERENCES advisories (id),
    severity text,
    detected_on date NOT NULL,
    detected_with text,
    fixed_on date,
    remediation text,
    assignee_id uuid REFERENCES people (id),
    change_id uuid REFERENCES changes (id),
    justification text,
    decision_reason text,
    custom jsonb
);
CREATE INDEX vulnerabilities_unit_idx ON vulnerabilities (unit_id);
CREATE INDEX vulnerabilities_owner_idx ON vulnerabilities (owner_id);
CREATE INDEX vulnerabilities_subject_idx ON vulnerabilities (subject_id);
CREATE INDEX vulnerabilities_advisory_idx ON vulnerabilities (advisory_id);
CREATE INDEX vulnerabilities_assignee_idx ON vulnerabilities (assignee_id);
CREATE INDEX vulnerabilities_change_idx ON vulnerabilities (change_id);

CREATE TABLE security_incidents (
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
    title text NOT NULL,
    description text,
    category text NOT NULL,
    severity text NOT NULL,
    significant boolean NOT NULL,
    personal_data boolean NOT NULL,
    high_risk_to_persons boolean NOT NULL,
    persons_concerned bigint,
    occurred_at timestamptz,
    aware_at timestamptz NOT NULL,
    classified_at timestamptz,
    contained_at timestamptz,
    eradicated_at timestamptz,
    recovered_at timestamptz,
    service_id uuid REFERENCES services (id),
    information_asset_id uuid REFERENCES information_assets (id),
    risk_id uuid REFERENCES risks (id),
    vulnerability_id uuid REFERENCES vulnerabilities (id),
    lead_id uuid REFERENCES people (id),
    root_cause text,
    lessons text,
    dismissal text,
    duplicate_of_id uuid REFERENCES security_incidents (id),
    custom jsonb
);
CREATE UNIQUE INDEX security_incidents_code_key ON security_incidents (code_key);
CREATE INDEX security_incidents_unit_idx ON security_incidents (unit_id);
CREATE INDEX security_incidents_owner_idx ON security_incidents (owner_id);
CREATE INDEX security_incidents_service_idx ON security_incidents (service_id);
CREATE INDEX security_incidents_information_asset_idx ON security_incidents (information_asset_id);
CREATE INDEX security_incidents_risk_idx ON security_incidents (risk_id);
CREATE INDEX security_incidents_vulnerability_idx ON security_incidents (vulnerability_id);
CREATE INDEX security_incidents_lead_idx ON security_incidents (lead_id);
CREATE INDEX security_incidents_duplicate_of_idx ON security_incidents (duplicate_of_id);

CREATE TABLE incident_entries (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    security_incident_id uuid NOT NULL REFERENCES security_incidents (id),
    happened_at timestamptz NOT NULL,
    kind text NOT NULL,
    text text NOT NULL,
    person_id uuid REFERENCES people (id),
    file_id uuid REFERENCES files (id)
);
CREATE INDEX incident_entries_security_incident_idx ON incident_entries (security_incident_id);
CREATE INDEX incident_entries_person_idx ON incident_entries (person_id);
CREATE INDEX incident_entries_file_idx ON incident_entries (file_id);

CREATE TABLE incident_notifications (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    security_incident_id uuid NOT NULL REFERENCES security_incidents (id),
    regime text NOT NULL,
    stage text NOT NULL,
    authority text NOT NULL,
    sent_at timestamptz,
    reference text,
    delay_reason text,
    file_id uuid REFERENCES files (id),
    custom jsonb
);
CREATE UNIQUE INDEX incident_notifications_stage_key ON incident_notifications (security_incident_id, regime, stage);
CREATE INDEX incident_notifications_file_idx ON incident_notifications (file_id);

CREATE TABLE business_processes (
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
    mtpd_seconds bigint,
    rto_seconds bigint,
    rpo_seconds bigint,
    catch_up_seconds bigint NOT NULL,
    mbco_percent double precision,
    mbco text,
    impact_over_time jsonb NOT NULL,
    depends_on jsonb NOT NULL,
    peak_times text,
    analysed_on date,
    custom jsonb
);
CREATE UNIQUE INDEX business_processes_code_key ON business_processes (code_key);
CREATE INDEX business_processes_unit_idx ON business_processes (unit_id);
CREATE INDEX business_processes_owner_idx ON business_processes (owner_id);

CREATE TABLE recovery_plans (
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
    scope jsonb NOT NULL,
    trigger text NOT NULL,
    roles jsonb NOT NULL,
    contacts jsonb NOT NULL,
    recovery_site_id uuid REFERENCES sites (id),
    replaces_id uuid REFERENCES recovery_plans (id),
    test_interval_months bigint NOT NULL,
    review_due_on date,
    file_id uuid REFERENCES files (id),
    custom jsonb
);
CREATE UNIQUE INDEX recovery_plans_code_key ON recovery_plans (code_key);
CREATE INDEX recovery_plans_unit_idx ON recovery_plans (unit_id);
CREATE INDEX recovery_plans_owner_idx ON recovery_plans (owner_id);
CREATE INDEX recovery_plans_recovery_site_idx ON recovery_plans (recovery_site_id);
CREATE INDEX recovery_plans_replaces_idx ON recovery_plans (replaces_id);
CREATE INDEX recovery_plans_file_idx ON recovery_plans (file_id);

CREATE TABLE recovery_steps (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    recovery_plan_id uuid NOT NULL REFERENCES recovery_plans (id),
    number bigint NOT NULL,
    name text NOT NULL,
    instructions text,
    owner_id uuid REFERENCES people (id),
    duration_seconds bigint NOT NULL,
    depends_on jsonb NOT NULL,
    subject_id uuid REFERENCES registry (id),
    verification text,
    custom jsonb
);
CREATE UNIQUE INDEX recovery_steps_number_key ON recovery_steps (recovery_plan_id, number);
CREATE INDEX recovery_steps_owner_idx ON recovery_steps (owner_id);
CREATE INDEX recovery_steps_subject_idx ON recovery_steps (subject_id);

CREATE TABLE recovery_tests (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    recovery_plan_id uuid NOT NULL REFERENCES recovery_plans (id),
    name text NOT NULL,
    kind text NOT NULL,
    scope jsonb NOT NULL,
    planned_on date NOT NULL,
    tested_on date,
    lead_id uuid REFERENCES people (id),
    scenario text,
    conclusion text,
    abort_reason text,
    report_file_id uuid REFERENCES files (id),
    custom jsonb
);
CREATE INDEX recovery_tests_recovery_plan_idx ON recovery_tests (recovery_plan_id);
CREATE INDEX recovery_tests_lead_idx ON recovery_tests (lead_id);
CREATE INDEX recovery_tests_report_file_idx ON recovery_tests (report_file_id);

CREATE TABLE recovery_activations (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    recovery_plan_id uuid NOT NULL REFERENCES recovery_plans (id),
    title text NOT NULL,
    disrupted_at timestamptz NOT NULL,
    activated_at timestamptz NOT NULL,
    recovered_at timestamptz,
    initiator_id uuid REFERENCES people (id),
    security_incident_id uuid REFERENCES security_incidents (id),
    conclusion text,
    custom jsonb
);
CREATE INDEX recovery_activations_recovery_plan_idx ON recovery_activations (recovery_plan_id);
CREATE INDEX recovery_activations_initiator_idx ON recovery_activations (initiator_id);
CREATE INDEX recovery_activations_security_incident_idx ON recovery_activations (security_incident_id);

CREATE TABLE recovery_results (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    source_id uuid NOT NULL REFERENCES registry (id),
    subject_id uuid NOT NULL REFERENCES registry (id),
    recovered boolean NOT NULL,
    measured_rto_seconds bigint,
    measured_rpo_seconds bigint,
    target_rto_seconds bigint,
    target_rpo_seconds bigint,
    notes text,
    custom jsonb
);
CREATE UNIQUE INDEX recovery_results_pair_key ON recovery_results (source_id, subject_id);
CREATE INDEX recovery_results_unit_idx ON recovery_results (unit_id);
CREATE INDEX recovery_results_subject_idx ON recovery_results (subject_id);
