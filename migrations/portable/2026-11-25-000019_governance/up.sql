CREATE TABLE obligations (
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
    kind text NOT NULL,
    description text,
    jurisdiction text,
    regulator text,
    citation text,
    source_url text,
    applies_to text,
    applicable boolean,
    applicability_reason text,
    effective_on date,
    ends_on date,
    next_review_on date,
    change_note text,
    penalty text,
    framework_id uuid REFERENCES frameworks (id),
    contract_id uuid REFERENCES contracts (id),
    custom jsonb
);
CREATE UNIQUE INDEX obligations_code_key ON obligations (code_key);
CREATE INDEX obligations_unit_idx ON obligations (unit_id);
CREATE INDEX obligations_owner_idx ON obligations (owner_id);
CREATE INDEX obligations_framework_idx ON obligations (framework_id);
CREATE INDEX obligations_contract_idx ON obligations (contract_id);

CREATE TABLE mappings (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    from_requirement_id uuid NOT NULL REFERENCES requirements (id),
    to_requirement_id uuid NOT NULL REFERENCES requirements (id),
    relationship text NOT NULL,
    strength bigint NOT NULL,
    basis text NOT NULL,
    rationale text,
    provenance text NOT NULL,
    custom jsonb
);
CREATE UNIQUE INDEX mappings_pair_key ON mappings (from_requirement_id, to_requirement_id);
CREATE INDEX mappings_to_requirement_idx ON mappings (to_requirement_id);

CREATE TABLE assessments (
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
    framework_id uuid REFERENCES frameworks (id),
    kind text NOT NULL,
    scope text NOT NULL,
    approach text,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    due_on date,
    assessor_id uuid REFERENCES people (id),
    target_maturity bigint,
    conclusion text,
    custom jsonb
);
CREATE INDEX assessments_unit_idx ON assessments (unit_id);
CREATE INDEX assessments_owner_idx ON assessments (owner_id);
CREATE INDEX assessments_framework_idx ON assessments (framework_id);
CREATE INDEX assessments_assessor_idx ON assessments (assessor_id);

CREATE TABLE audit_programmes (
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
    objectives text NOT NULL,
    scope text,
    rationale text,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    effort_days bigint,
    framework_id uuid REFERENCES frameworks (id),
    custom jsonb
);
CREATE UNIQUE INDEX audit_programmes_code_key ON audit_programmes (code_key);
CREATE INDEX audit_programmes_unit_idx ON audit_programmes (unit_id);
CREATE INDEX audit_programmes_owner_idx ON audit_programmes (owner_id);
CREATE INDEX audit_programmes_framework_idx ON audit_programmes (framework_id);

CREATE TABLE audits (
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
    kind text NOT NULL,
    scope text NOT NULL,
    criteria text NOT NULL,
    framework_id uuid REFERENCES frameworks (id),
    audit_programme_id uuid REFERENCES audit_programmes (id),
    vendor_id uuid REFERENCES vendors (id),
    lead_auditor_id uuid REFERENCES people (id),
    audit_firm text,
    starts_on date,
    ends_on date,
    period_starts_on date,
    period_ends_on date,
    reported_on date,
    conclusion text,
    report_file_id uuid REFERENCES files (id),
    custom jsonb
);
CREATE UNIQUE INDEX audits_code_key ON audits (code_key);
CREATE INDEX audits_unit_idx ON audits (unit_id);
CREATE INDEX audits_owner_idx ON audits (owner_id);
CREATE INDEX audits_framework_idx ON audits (framework_id);
CREATE INDEX audits_audit_programme_idx ON audits (audit_programme_id);
CREATE INDEX audits_vendor_idx ON audits (vendor_id);
CREATE INDEX audits_lead_auditor_idx ON audits (lead_auditor_id);
CREATE INDEX audits_report_file_idx ON audits (report_file_id);

CREATE TABLE audit_procedures (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    audit_id uuid NOT NULL REFERENCES audits (id),
    title text NOT NULL,
    kind text NOT NULL,
    procedure text,
    control_id uuid REFERENCES controls (id),
    requirement_id uuid REFERENCES requirements (id),
    auditor_id uuid REFERENCES people (id),
    population bigint,
    sample_size bigint,
    seed bigint,
    sampling_method text,
    exceptions bigint,
    performed_on date,
    result text NOT NULL,
    conclusion text,
    custom jsonb
);
CREATE INDEX audit_procedures_audit_idx ON audit_procedures (audit_id);
CREATE INDEX audit_procedures_control_idx ON audit_procedures (control_id);
CREATE INDEX audit_procedures_requirement_idx ON audit_procedures (requirement_id);
CREATE INDEX audit_procedures_auditor_idx ON audit_procedures (auditor_id);

CREATE TABLE findings (
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
    description text NOT NULL,
    criterion text,
    source_id uuid REFERENCES registry (id),
    requirement_id uuid REFERENCES requirements (id),
    control_id uuid REFERENCES controls (id),
    repeats_id uuid REFERENCES findings (id),
    found_on date,
    due_on date,
    correction text,
    root_cause text,
    action_decision text,
    action_reason text,
    verification text,
    custom jsonb
);
CREATE INDEX findings_unit_idx ON findings (unit_id);
CREATE INDEX findings_owner_idx ON findings (owner_id);
CREATE INDEX findings_source_idx ON findings (source_id);
CREATE INDEX findings_requirement_idx ON findings (requirement_id);
CREATE INDEX findings_control_idx ON findings (control_id);
CREATE INDEX findings_repeats_idx ON findings (repeats_id);

CREATE TABLE corrective_actions (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    finding_id uuid NOT NULL REFERENCES findings (id),
    title text NOT NULL,
    description text,
    assignee_id uuid REFERENCES people (id),
    due_on date,
    completed_on date,
    estimated_cost_amount bigint,
    estimated_cost_currency text,
    effectiveness_criteria text,
    verify_on date,
    verification text,
    custom jsonb
);
CREATE INDEX corrective_actions_finding_idx ON corrective_actions (finding_id);
CREATE INDEX corrective_actions_assignee_idx ON corrective_actions (assignee_id);

CREATE TABLE monitors (
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
    description text,
    control_id uuid NOT NULL REFERENCES controls (id),
    collection text NOT NULL,
    filter_expression text,
    assertion jsonb NOT NULL,
    schedule text NOT NULL,
    custom jsonb
);
CREATE INDEX monitors_unit_idx ON monitors (unit_id);
CREATE INDEX monitors_owner_idx ON monitors (owner_id);
CREATE INDEX monitors_control_idx ON monitors (control_id);

CREATE TABLE monitor_runs (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    monitor_id uuid NOT NULL REFERENCES monitors (id),
    ran_at timestamptz NOT NULL,
    result text NOT NULL,
    checked bigint,
    failed bigint,
    query_result jsonb,
    sha256 text,
    detail text
);
CREATE INDEX monitor_runs_monitor_idx ON monitor_runs (monitor_id);

CREATE TABLE evidence (
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
    subject_id uuid NOT NULL REFERENCES registry (id),
    control_test_id uuid REFERENCES control_tests (id),
    monitor_run_id uuid REFERENCES monitor_runs (id),
    file_id uuid REFERENCES files (id),
    url text,
    query_result jsonb,
    sha256 text,
    starts_on date,
    ends_on date,
    valid_for_days bigint,
    due_on date,
    collector_kind text NOT NULL,
    collector_id uuid REFERENCES people (id),
    monitor_id uuid REFERENCES monitors (id),
    collected_on date,
    custom jsonb
);
CREATE INDEX evidence_unit_idx ON evidence (unit_id);
CREATE INDEX evidence_owner_idx ON evidence (owner_id);
CREATE INDEX evidence_subject_idx ON evidence (subject_id);
CREATE INDEX evidence_control_test_idx ON evidence (control_test_id);
CREATE INDEX evidence_monitor_run_idx ON evidence (monitor_run_id);
CREATE INDEX evidence_file_idx ON evidence (file_id);
CREATE INDEX evidence_collector_idx ON evidence (collector_id);
CREATE INDEX evidence_monitor_idx ON evidence (monitor_id);

CREATE TABLE requirement_results (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    assessment_id uuid NOT NULL REFERENCES assessments (id),
    requirement_id uuid NOT NULL REFERENCES requirements (id),
    framework_id uuid REFERENCES frameworks (id),
    result text NOT NULL,
    maturity bigint,
    rationale text,
    gap text,
    evidence_id uuid REFERENCES evidence (id),
    control_test_id uuid REFERENCES control_tests (id),
    assessor_id uuid REFERENCES people (id),
    assessed_on date,
    custom jsonb
);
CREATE UNIQUE INDEX requirement_results_pair_key ON requirement_results (assessment_id, requirement_id);
CREATE INDEX requirement_results_requirement_idx ON requirement_results (requirement_id);
CREATE INDEX requirement_results_framework_idx ON requirement_results (framework_id);
CREATE INDEX requirement_results_evidence_idx ON requirement_results (evidence_id);
CREATE INDEX requirement_results_control_test_idx ON requirement_results (control_test_id);
CREATE INDEX requirement_results_assessor_idx ON requirement_results (assessor_id);

CREATE TABLE governance_bodies (
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
    mandate text,
    parent_id uuid REFERENCES governance_bodies (id),
    quorum bigint NOT NULL,
    majority text NOT NULL,
    meeting_interval_days bigint,
    custom jsonb
);
CREATE UNIQUE INDEX governance_bodies_name_key ON governance_bodies (name);
CREATE INDEX governance_bodies_unit_idx ON governance_bodies (unit_id);
CREATE INDEX governance_bodies_owner_idx ON governance_bodies (owner_id);
CREATE INDEX governance_bodies_parent_idx ON governance_bodies (parent_id);

CREATE TABLE body_members (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    governance_body_id uuid NOT NULL REFERENCES governance_bodies (id),
    person_id uuid NOT NULL REFERENCES people (id),
    role text NOT NULL,
    voting boolean NOT NULL,
    deputy_id uuid REFERENCES people (id),
    starts_on date NOT NULL,
    ends_on date,
    custom jsonb
);
CREATE INDEX body_members_governance_body_idx ON body_members (governance_body_id);
CREATE INDEX body_members_person_idx ON body_members (person_id);
CREATE INDEX body_members_deputy_idx ON body_members (deputy_id);

CREATE TABLE meetings (
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
    governance_body_id uuid NOT NULL REFERENCES governance_bodies (id),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz,
    place text,
    agenda text,
    review_inputs jsonb,
    attendance jsonb NOT NULL,
    minutes text,
    custom jsonb
);
CREATE INDEX meetings_unit_idx ON meetings (unit_id);
CREATE INDEX meetings_owner_idx ON meetings (owner_id);
CREATE INDEX meetings_governance_body_idx ON meetings (governance_body_id);

CREATE TABLE decisions (
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
    context text,
    options jsonb NOT NULL,
    chosen_option text,
    rationale text,
    governance_body_id uuid REFERENCES governance_bodies (id),
    meeting_id uuid REFERENCES meetings (id),
    subject_id uuid REFERENCES registry (id),
    replaces_id uuid REFERENCES decisions (id),
    votes jsonb NOT NULL,
    recusals jsonb NOT NULL,
    decided_on date,
    expected_outcome text,
    review_on date,
    actual_outcome text,
    custom jsonb
);
CREATE INDEX decisions_unit_idx ON decisions (unit_id);
CREATE INDEX decisions_owner_idx ON decisions (owner_id);
CREATE INDEX decisions_governance_body_idx ON decisions (governance_body_id);
CREATE INDEX decisions_meeting_idx ON decisions (meeting_id);
CREATE INDEX decisions_subject_idx ON decisions (subject_id);
CREATE INDEX decisions_replaces_idx ON decisions (replaces_id);

CREATE TABLE delegations (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    holder_id uuid NOT NULL REFERENCES registry (id),
    step text NOT NULL,
    single_limit_amount bigint,
    single_limit_currency text,
    cumulative_limit_amount bigint,
    cumulative_limit_currency text,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    deputy_id uuid REFERENCES people (id),
    delegator_id uuid REFERENCES people (id),
    decision_id uuid REFERENCES decisions (id),
    conditions text,
    revocation_reason text,
    custom jsonb
);
CREATE INDEX delegations_unit_idx ON delegations (unit_id);
CREATE INDEX delegations_holder_idx ON delegations (holder_id);
CREATE INDEX delegations_deputy_idx ON delegations (deputy_id);
CREATE INDEX delegations_delegator_idx ON delegations (delegator_id);
CREATE INDEX delegations_decision_idx ON delegations (decision_id);

CREATE TABLE sod_rules (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    code text NOT NULL,
    code_key text NOT NULL,
    name text NOT NULL,
    first_step text NOT NULL,
    second_step text NOT NULL,
    effect text NOT NULL,
    enabled boolean NOT NULL,
    rationale text,
    custom jsonb
);
CREATE UNIQUE INDEX sod_rules_code_key ON sod_rules (code_key);

CREATE TABLE responsibilities (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    subject_id uuid NOT NULL REFERENCES registry (id),
    holder_id uuid NOT NULL REFERENCES registry (id),
    role text NOT NULL,
    note text,
    custom jsonb
);
CREATE UNIQUE INDEX responsibilities_holder_key ON responsibilities (subject_id, holder_id, role);
CREATE INDEX responsibilities_unit_idx ON responsibilities (unit_id);
CREATE INDEX responsibilities_holder_idx ON responsibilities (holder_id);

CREATE TABLE exceptions (
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
    subject_id uuid NOT NULL REFERENCES registry (id),
    level text NOT NULL,
    justification text NOT NULL,
    compensating_controls text,
    compensating_control_id uuid REFERENCES controls (id),
    risk_id uuid REFERENCES risks (id),
    conditions text,
    exit_plan text,
    starts_on date NOT NULL,
    expires_on date NOT NULL,
    extends_id uuid REFERENCES exceptions (id),
    requester_id uuid REFERENCES people (id),
    custom jsonb
);
CREATE INDEX exceptions_unit_idx ON exceptions (unit_id);
CREATE INDEX exceptions_owner_idx ON exceptions (owner_id);
CREATE INDEX exceptions_subject_idx ON exceptions (subject_id);
CREATE INDEX exceptions_compensating_control_idx ON exceptions (compensating_control_id);
CREATE INDEX exceptions_risk_idx ON exceptions (risk_id);
CREATE INDEX exceptions_extends_idx ON exceptions (extends_id);
CREATE INDEX exceptions_requester_idx ON exceptions (requester_id);

CREATE TABLE retention_rules (
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
    applies_to text NOT NULL,
    counts_from text NOT NULL,
    keep_months bigint NOT NULL,
    action text NOT NULL,
    legal_basis text,
    jurisdiction text,
    obligation_id uuid REFERENCES obligations (id),
    next_review_on date,
    custom jsonb
);
CREATE UNIQUE INDEX retention_rules_code_key ON retention_rules (code_key);
CREATE INDEX retention_rules_unit_idx ON retention_rules (unit_id);
CREATE INDEX retention_rules_owner_idx ON retention_rules (owner_id);
CREATE INDEX retention_rules_obligation_idx ON retention_rules (obligation_id);

CREATE TABLE processing_activities (
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
    role text NOT NULL,
    purpose text NOT NULL,
    legal_basis text,
    legal_basis_note text,
    controller text,
    data_subjects jsonb NOT NULL,
    data_categories jsonb NOT NULL,
    special_categories boolean NOT NULL,
    special_categories_basis text,
    recipients jsonb NOT NULL,
    transfers jsonb NOT NULL,
    retention text,
    retention_rule_id uuid REFERENCES retention_rules (id),
    security_measures text,
    people_concerned bigint,
    automated_decisions boolean NOT NULL,
    impact_assessment_needed boolean NOT NULL,
    impact_assessed_on date,
    service_id uuid REFERENCES services (id),
    information_asset_id uuid REFERENCES information_assets (id),
    vendor_id uuid REFERENCES vendors (id),
    next_review_on date,
    custom jsonb
);
CREATE UNIQUE INDEX processing_activities_code_key ON processing_activities (code_key);
CREATE INDEX processing_activities_unit_idx ON processing_activities (unit_id);
CREATE INDEX processing_activities_owner_idx ON processing_activities (owner_id);
CREATE INDEX processing_activities_retention_rule_idx ON processing_activities (retention_rule_id);
CREATE INDEX processing_activities_service_idx ON processing_activities (service_id);
CREATE INDEX processing_activities_information_asset_idx ON processing_activities (information_asset_id);
CREATE INDEX processing_activities_vendor_idx ON processing_activities (vendor_id);

CREATE TABLE data_subject_requests (
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
    kind text NOT NULL,
    requester_name text NOT NULL,
    requester_email text,
    requester_email_key text,
    details text,
    received_on date NOT NULL,
    due_on date NOT NULL,
    identity_verified_on date,
    extended_on date,
    extension_reason text,
    answered_on date,
    answer text,
    refusal_reason text,
    processing_activity_id uuid REFERENCES processing_activities (id),
    custom jsonb
);
CREATE UNIQUE INDEX data_subject_requests_code_key ON data_subject_requests (code_key);
CREATE INDEX data_subject_requests_unit_idx ON data_subject_requests (unit_id);
CREATE INDEX data_subject_requests_owner_idx ON data_subject_requests (owner_id);
CREATE INDEX data_subject_requests_processing_activity_idx ON data_subject_requests (processing_activity_id);

CREATE TABLE legal_holds (
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
    reason text NOT NULL,
    authority text,
    reference text,
    custodians text,
    starts_on date NOT NULL,
    ends_on date,
    next_review_on date,
    lifting_reason text,
    custom jsonb
);
CREATE UNIQUE INDEX legal_holds_code_key ON legal_holds (code_key);
CREATE INDEX legal_holds_unit_idx ON legal_holds (unit_id);
CREATE INDEX legal_holds_owner_idx ON legal_holds (owner_id);

CREATE TABLE legal_hold_items (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    legal_hold_id uuid NOT NULL REFERENCES legal_holds (id),
    subject_id uuid NOT NULL REFERENCES registry (id),
    note text,
    custom jsonb
);
CREATE UNIQUE INDEX legal_hold_items_pair_key ON legal_hold_items (legal_hold_id, subject_id);
CREATE INDEX legal_hold_items_subject_idx ON legal_hold_items (subject_id);

CREATE TABLE integrity_checks (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    information_asset_id uuid NOT NULL REFERENCES information_assets (id),
    kind text NOT NULL,
    checked_at timestamptz NOT NULL,
    expected text,
    actual text,
    result text NOT NULL,
    procedure text,
    explanation text,
    backup_run_id uuid REFERENCES backup_runs (id),
    control_id uuid REFERENCES controls (id),
    checker_id uuid REFERENCES people (id),
    custom jsonb
);
CREATE INDEX integrity_checks_unit_idx ON integrity_checks (unit_id);
CREATE INDEX integrity_checks_information_asset_idx ON integrity_checks (information_asset_id);
CREATE INDEX integrity_checks_backup_run_idx ON integrity_checks (backup_run_id);
CREATE INDEX integrity_checks_control_idx ON integrity_checks (control_id);
CREATE INDEX integrity_checks_checker_idx ON integrity_checks (checker_id);
