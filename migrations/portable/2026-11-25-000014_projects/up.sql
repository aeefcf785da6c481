CREATE TABLE portfolios (
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
    parent_id uuid REFERENCES portfolios (id),
    theme_id uuid REFERENCES themes (id),
    budget_id uuid REFERENCES budgets (id),
    funding_limit_amount bigint,
    funding_limit_currency text,
    capacity_hours double precision,
    governance text,
    custom jsonb
);
CREATE UNIQUE INDEX portfolios_code_key ON portfolios (code_key);
CREATE INDEX portfolios_unit_idx ON portfolios (unit_id);
CREATE INDEX portfolios_owner_idx ON portfolios (owner_id);
CREATE INDEX portfolios_parent_idx ON portfolios (parent_id);
CREATE INDEX portfolios_theme_idx ON portfolios (theme_id);
CREATE INDEX portfolios_budget_idx ON portfolios (budget_id);

CREATE TABLE projects (
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
    description text,
    portfolio_id uuid REFERENCES portfolios (id),
    initiative_id uuid REFERENCES initiatives (id),
    objective_id uuid REFERENCES objectives (id),
    service_id uuid REFERENCES services (id),
    sponsor_id uuid REFERENCES people (id),
    manager_id uuid REFERENCES people (id),
    priority text NOT NULL,
    approach text NOT NULL,
    charter text,
    charter_file_id uuid REFERENCES files (id),
    charter_approved_on date,
    charter_approver_id uuid REFERENCES people (id),
    success_criteria jsonb NOT NULL,
    starts_on date,
    ends_on date,
    budget_amount bigint,
    budget_currency text,
    budget_id uuid REFERENCES budgets (id),
    tolerances jsonb,
    custom jsonb
);
CREATE UNIQUE INDEX projects_code_key ON projects (code_key);
CREATE INDEX projects_unit_idx ON projects (unit_id);
CREATE INDEX projects_portfolio_idx ON projects (portfolio_id);
CREATE INDEX projects_initiative_idx ON projects (initiative_id);
CREATE INDEX projects_objective_idx ON projects (objective_id);
CREATE INDEX projects_service_idx ON projects (service_id);
CREATE INDEX projects_sponsor_idx ON projects (sponsor_id);
CREATE INDEX projects_manager_idx ON projects (manager_id);
CREATE INDEX projects_charter_file_idx ON projects (charter_file_id);
CREATE INDEX projects_charter_approver_idx ON projects (charter_approver_id);
CREATE INDEX projects_budget_idx ON projects (budget_id);

CREATE TABLE demands (
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
    requester_id uuid REFERENCES people (id),
    portfolio_id uuid REFERENCES portfolios (id),
    objective_id uuid REFERENCES objectives (id),
    service_id uuid REFERENCES services (id),
    business_value bigint,
    time_criticality bigint,
    risk_reduction bigint,
    size bigint,
    needed_on date,
    estimated_cost_amount bigint,
    estimated_cost_currency text,
    estimated_hours double precision,
    expected_benefit_amount bigint,
    expected_benefit_currency text,
    decision_reason text,
    project_id uuid REFERENCES projects (id),
    custom jsonb
);
CREATE UNIQUE INDEX demands_code_key ON demands (code_key);
CREATE INDEX demands_unit_idx ON demands (unit_id);
CREATE INDEX demands_owner_idx ON demands (owner_id);
CREATE INDEX demands_requester_idx ON demands (requester_id);
CREATE INDEX demands_portfolio_idx ON demands (portfolio_id);
CREATE INDEX demands_objective_idx ON demands (objective_id);
CREATE INDEX demands_service_idx ON demands (service_id);
CREATE INDEX demands_project_idx ON demands (project_id);

CREATE TABLE project_roles (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    project_id uuid NOT NULL REFERENCES projects (id),
    person_id uuid NOT NULL REFERENCES people (id),
    role text NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    weekly_hours double precision,
    responsibilities text,
    custom jsonb
);
CREATE INDEX project_roles_project_idx ON project_roles (project_id);
CREATE INDEX project_roles_person_idx ON project_roles (person_id);

CREATE TABLE gates (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    project_id uuid NOT NULL REFERENCES projects (id),
    name text NOT NULL,
    phase text NOT NULL,
    sequence bigint NOT NULL,
    criteria jsonb NOT NULL,
    due_on date,
    decided_on date,
    decider_id uuid REFERENCES people (id),
    conditions text,
    conditions_due_on date,
    waiver_reason text,
    custom jsonb
);
CREATE INDEX gates_project_idx ON gates (project_id);
CREATE INDEX gates_decider_idx ON gates (decider_id);

CREATE TABLE scope_items (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    project_id uuid NOT NULL REFERENCES projects (id),
    code text NOT NULL,
    code_key text NOT NULL,
    name text NOT NULL,
    description text,
    parent_id uuid REFERENCES scope_items (id),
    priority text NOT NULL,
    requester_id uuid REFERENCES people (id),
    source text,
    acceptance_criteria text,
    estimated_hours double precision,
    custom jsonb
);
CREATE UNIQUE INDEX scope_items_code_key ON scope_items (project_id, code_key);
CREATE INDEX scope_items_parent_idx ON scope_items (parent_id);
CREATE INDEX scope_items_requester_idx ON scope_items (requester_id);

CREATE TABLE sprints (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    project_id uuid NOT NULL REFERENCES projects (id),
    team_id uuid REFERENCES teams (id),
    name text NOT NULL,
    goal text,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    capacity_hours double precision,
    committed_points double precision,
    review text,
    custom jsonb
);
CREATE INDEX sprints_project_idx ON sprints (project_id);
CREATE INDEX sprints_team_idx ON sprints (team_id);

CREATE TABLE work_items (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    project_id uuid NOT NULL REFERENCES projects (id),
    parent_id uuid REFERENCES work_items (id),
    wbs_code text NOT NULL,
    wbs_code_key text NOT NULL,
    name text NOT NULL,
    description text,
    kind text NOT NULL,
    responsible_id uuid REFERENCES people (id),
    sprint_id uuid REFERENCES sprints (id),
    scope_item_id uuid REFERENCES scope_items (id),
    budget_line_id uuid REFERENCES budget_lines (id),
    duration_hours double precision,
    effort_hours double precision,
    remaining_hours double precision,
    optimistic_hours double precision,
    most_likely_hours double precision,
    pessimistic_hours double precision,
    story_points double precision,
    constraint_kind text NOT NULL,
    constraint_on date,
    deadline_on date,
    starts_on date,
    ends_on date,
    budget_at_completion_amount bigint,
    budget_at_completion_currency text,
    progress_method text NOT NULL,
    progress_percent double precision NOT NULL,
    steps jsonb NOT NULL,
    actual_starts_on date,
    actual_ends_on date,
    rank bigint,
    custom jsonb
);
CREATE UNIQUE INDEX work_items_wbs_code_key ON work_items (project_id, wbs_code_key);
CREATE INDEX work_items_parent_idx ON work_items (parent_id);
CREATE INDEX work_items_responsible_idx ON work_items (responsible_id);
CREATE INDEX work_items_sprint_idx ON work_items (sprint_id);
CREATE INDEX work_items_scope_item_idx ON work_items (scope_item_id);
CREATE INDEX work_items_budget_line_idx ON work_items (budget_line_id);

CREATE TABLE deliverables (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    project_id uuid NOT NULL REFERENCES projects (id),
    name text NOT NULL,
    description text,
    scope_item_id uuid REFERENCES scope_items (id),
    work_item_id uuid REFERENCES work_items (id),
    acceptance_criteria text,
    due_on date,
    responsible_id uuid REFERENCES people (id),
    acceptor_id uuid REFERENCES people (id),
    accepted_on date,
    file_id uuid REFERENCES files (id),
    waived_on date,
    waiver_reason text,
    custom jsonb
);
CREATE INDEX deliverables_project_idx ON deliverables (project_id);
CREATE INDEX deliverables_scope_item_idx ON deliverables (scope_item_id);
CREATE INDEX deliverables_work_item_idx ON deliverables (work_item_id);
CREATE INDEX deliverables_responsible_idx ON deliverables (responsible_id);
CREATE INDEX deliverables_acceptor_idx ON deliverables (acceptor_id);
CREATE INDEX deliverables_file_idx ON deliverables (file_id);

CREATE TABLE quality_checks (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    project_id uuid NOT NULL REFERENCES projects (id),
    name text NOT NULL,
    deliverable_id uuid REFERENCES deliverables (id),
    work_item_id uuid REFERENCES work_items (id),
    method text NOT NULL,
    criteria text,
    planned_on date,
    checked_on date,
    checker_id uuid REFERENCES people (id),
    result text,
    file_id uuid REFERENCES files (id),
    waiver_reason text,
    custom jsonb
);
CREATE INDEX quality_checks_project_idx ON quality_checks (project_id);
CREATE INDEX quality_checks_deliverable_idx ON quality_checks (deliverable_id);
CREATE INDEX quality_checks_work_item_idx ON quality_checks (work_item_id);
CREATE INDEX quality_checks_checker_idx ON quality_checks (checker_id);
CREATE INDEX quality_checks_file_idx ON quality_checks (file_id);

CREATE TABLE defects (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    project_id uuid NOT NULL REFERENCES projects (id),
    title text NOT NULL,
    description text,
    steps_to_reproduce text,
    severity text NOT NULL,
    deliverable_id uuid REFERENCES deliverables (id),
    work_item_id uuid REFERENCES work_items (id),
    quality_check_id uuid REFERENCES quality_checks (id),
    found_on date,
    reporter_id uuid REFERENCES people (id),
    assignee_id uuid REFERENCES people (id),
    due_on date,
    cause text,
    resolution text,
    resolved_on date,
    rework_hours double precision,
    custom jsonb
);
CREATE INDEX defects_project_idx ON defects (project_id);
CREATE INDEX defects_deliverable_idx ON defects (deliverable_id);
CREATE INDEX defects_work_item_idx ON defects (work_item_id);
CREATE INDEX defects_quality_check_idx ON defects (quality_check_id);
CREATE INDEX defects_reporter_idx ON defects (reporter_id);
CREATE INDEX defects_assignee_idx ON defects (assignee_id);

CREATE TABLE work_dependencies (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    predecessor_id uuid NOT NULL REFERENCES registry (id),
    successor_id uuid NOT NULL REFERENCES work_items (id),
    kind text NOT NULL,
    lag_hours double precision NOT NULL,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX work_dependencies_edge_key ON work_dependencies (predecessor_id, successor_id);
CREATE INDEX work_dependencies_successor_idx ON work_dependencies (successor_id);

CREATE TABLE assignments (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    work_item_id uuid NOT NULL REFERENCES work_items (id),
    person_id uuid NOT NULL REFERENCES people (id),
    allocation_id uuid REFERENCES allocations (id),
    role text,
    starts_on date NOT NULL,
    ends_on date,
    planned_hours double precision,
    notes text,
    custom jsonb
);
CREATE INDEX assignments_work_item_idx ON assignments (work_item_id);
CREATE INDEX assignments_person_idx ON assignments (person_id);
CREATE INDEX assignments_allocation_idx ON assignments (allocation_id);

CREATE TABLE time_entries (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    work_item_id uuid NOT NULL REFERENCES work_items (id),
    person_id uuid NOT NULL REFERENCES people (id),
    worked_on date NOT NULL,
    hours double precision NOT NULL,
    description text,
    billable boolean NOT NULL,
    hourly_rate_units bigint,
    hourly_rate_pico bigint,
    hourly_rate_currency text,
    fiscal_period_id uuid REFERENCES fiscal_periods (id),
    custom jsonb
);
CREATE INDEX time_entries_work_item_idx ON time_entries (work_item_id);
CREATE INDEX time_entries_person_idx ON time_entries (person_id);
CREATE INDEX time_entries_fiscal_period_idx ON time_entries (fiscal_period_id);

CREATE TABLE project_issues (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    project_id uuid NOT NULL REFERENCES projects (id),
    title text NOT NULL,
    description text,
    kind text NOT NULL,
    severity text NOT NULL,
    work_item_id uuid REFERENCES work_items (id),
    raised_on date,
    raiser_id uuid REFERENCES people (id),
    assignee_id uuid REFERENCES people (id),
    escalated_to_id uuid REFERENCES people (id),
    due_on date,
    resolution text,
    resolved_on date,
    custom jsonb
);
CREATE INDEX project_issues_project_idx ON project_issues (project_id);
CREATE INDEX project_issues_work_item_idx ON project_issues (work_item_id);
CREATE INDEX project_issues_raiser_idx ON project_issues (raiser_id);
CREATE INDEX project_issues_assignee_idx ON project_issues (assignee_id);
CREATE INDEX project_issues_escalated_to_idx ON project_issues (escalated_to_id);

CREATE TABLE project_changes (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    project_id uuid NOT NULL REFERENCES projects (id),
    title text NOT NULL,
    description text,
    reason text NOT NULL,
    requester_id uuid REFERENCES people (id),
    project_issue_id uuid REFERENCES project_issues (id),
    decide_by_on date,
    scope_delta text,
    time_delta_days bigint,
    effort_delta_hours double precision,
    cost_delta_amount bigint,
    cost_delta_currency text,
    impact text,
    alternatives text,
    decider_id uuid REFERENCES people (id),
    custom jsonb
);
CREATE INDEX project_changes_project_idx ON project_changes (project_id);
CREATE INDEX project_changes_requester_idx ON project_changes (requester_id);
CREATE INDEX project_changes_project_issue_idx ON project_changes (project_issue_id);
CREATE INDEX project_changes_decider_idx ON project_changes (decider_id);

CREATE TABLE baselines (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    project_id uuid NOT NULL REFERENCES projects (id),
    name text NOT NULL,
    description text,
    project_change_id uuid REFERENCES project_changes (id),
    baselined_on date,
    scope_statement text,
    items jsonb NOT NULL,
    custom jsonb
);
CREATE INDEX baselines_project_idx ON baselines (project_id);
CREATE INDEX baselines_project_change_idx ON baselines (project_change_id);

CREATE TABLE stakeholders (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    project_id uuid NOT NULL REFERENCES projects (id),
    name text NOT NULL,
    party_id uuid REFERENCES registry (id),
    interests text,
    influence bigint,
    interest bigint,
    engagement text,
    desired_engagement text,
    strategy text,
    communication text,
    custom jsonb
);
CREATE INDEX stakeholders_project_idx ON stakeholders (project_id);
CREATE INDEX stakeholders_party_idx ON stakeholders (party_id);

CREATE TABLE status_reports (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    project_id uuid NOT NULL REFERENCES projects (id),
    reported_on date NOT NULL,
    starts_on date,
    ends_on date,
    facts jsonb,
    comment text,
    achievements text,
    next_steps text,
    decisions_needed text,
    reporter_id uuid REFERENCES people (id),
    custom jsonb
);
CREATE UNIQUE INDEX status_reports_reported_on_key ON status_reports (project_id, reported_on);
CREATE INDEX status_reports_reporter_idx ON status_reports (reporter_id);

CREATE TABLE lessons (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    project_id uuid NOT NULL REFERENCES projects (id),
    title text NOT NULL,
    kind text NOT NULL,
    topic text,
    phase text,
    description text,
    cause text,
    recommendation text,
    recorded_on date,
    author_id uuid REFERENCES people (id),
    custom jsonb
);
CREATE INDEX lessons_project_idx ON lessons (project_id);
CREATE INDEX lessons_author_idx ON lessons (author_id);

CREATE TABLE benefits (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    subject_id uuid NOT NULL REFERENCES registry (id),
    name text NOT NULL,
    description text,
    kind text NOT NULL,
    measure text,
    kpi_id uuid REFERENCES kpis (id),
    periods jsonb NOT NULL,
    assumptions text,
    custom jsonb
);
CREATE INDEX benefits_unit_idx ON benefits (unit_id);
CREATE INDEX benefits_owner_idx ON benefits (owner_id);
CREATE INDEX benefits_subject_idx ON benefits (subject_id);
CREATE INDEX benefits_kpi_idx ON benefits (kpi_id);
