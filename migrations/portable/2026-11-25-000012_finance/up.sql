CREATE TABLE fiscal_years (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    code text NOT NULL,
    code_key text NOT NULL,
    name text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX fiscal_years_code_key ON fiscal_years (code_key);

CREATE TABLE fiscal_periods (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    fiscal_year_id uuid NOT NULL REFERENCES fiscal_years (id),
    number bigint NOT NULL,
    name text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    adjustment boolean NOT NULL,
    custom jsonb
);
CREATE UNIQUE INDEX fiscal_periods_number_key ON fiscal_periods (fiscal_year_id, number);

CREATE TABLE cost_centers (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    code text NOT NULL,
    code_key text NOT NULL,
    name text NOT NULL,
    parent_id uuid REFERENCES cost_centers (id),
    manager_id uuid REFERENCES people (id),
    starts_on date,
    ends_on date,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX cost_centers_code_key ON cost_centers (code_key);
CREATE INDEX cost_centers_unit_idx ON cost_centers (unit_id);
CREATE INDEX cost_centers_parent_idx ON cost_centers (parent_id);
CREATE INDEX cost_centers_manager_idx ON cost_centers (manager_id);

CREATE TABLE cost_categories (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    code text NOT NULL,
    code_key text NOT NULL,
    name text NOT NULL,
    parent_id uuid REFERENCES cost_categories (id),
    kind text NOT NULL,
    cost_pool text,
    it_tower text,
    ledger_account text,
    useful_life_months bigint,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX cost_categories_code_key ON cost_categories (code_key);
CREATE INDEX cost_categories_parent_idx ON cost_categories (parent_id);

CREATE TABLE exchange_rates (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    kind text NOT NULL,
    from_currency text NOT NULL,
    to_currency text NOT NULL,
    valid_on date NOT NULL,
    rate_units bigint NOT NULL,
    rate_pico bigint NOT NULL,
    source text NOT NULL,
    custom jsonb
);
CREATE UNIQUE INDEX exchange_rates_pair_key ON exchange_rates (kind, from_currency, to_currency, valid_on, source);

CREATE TABLE budgets (
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
    scope_id uuid NOT NULL REFERENCES registry (id),
    fiscal_year_id uuid NOT NULL REFERENCES fiscal_years (id),
    currency text NOT NULL,
    version bigint NOT NULL,
    supersedes_id uuid REFERENCES budgets (id),
    control jsonb,
    override_role_id uuid REFERENCES roles (id),
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX budgets_version_key ON budgets (scope_id, fiscal_year_id, version);
CREATE INDEX budgets_unit_idx ON budgets (unit_id);
CREATE INDEX budgets_owner_idx ON budgets (owner_id);
CREATE INDEX budgets_fiscal_year_idx ON budgets (fiscal_year_id);
CREATE INDEX budgets_supersedes_idx ON budgets (supersedes_id);
CREATE INDEX budgets_override_role_idx ON budgets (override_role_id);

CREATE TABLE budget_lines (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    budget_id uuid NOT NULL REFERENCES budgets (id),
    name text NOT NULL,
    cost_category_id uuid NOT NULL REFERENCES cost_categories (id),
    cost_center_id uuid REFERENCES cost_centers (id),
    initiative_id uuid REFERENCES initiatives (id),
    spend_profile text,
    amount_amount bigint NOT NULL,
    amount_currency text NOT NULL,
    distribution text NOT NULL,
    amounts jsonb,
    weights jsonb,
    copied_from_id uuid REFERENCES budget_lines (id),
    description text,
    custom jsonb
);
CREATE INDEX budget_lines_budget_idx ON budget_lines (budget_id);
CREATE INDEX budget_lines_cost_category_idx ON budget_lines (cost_category_id);
CREATE INDEX budget_lines_cost_center_idx ON budget_lines (cost_center_id);
CREATE INDEX budget_lines_initiative_idx ON budget_lines (initiative_id);
CREATE INDEX budget_lines_copied_from_idx ON budget_lines (copied_from_id);

CREATE TABLE budget_transfers (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    from_line_id uuid NOT NULL REFERENCES budget_lines (id),
    to_line_id uuid NOT NULL REFERENCES budget_lines (id),
    fiscal_period_id uuid REFERENCES fiscal_periods (id),
    amount_amount bigint NOT NULL,
    amount_currency text NOT NULL,
    reason text NOT NULL,
    custom jsonb
);
CREATE INDEX budget_transfers_from_line_idx ON budget_transfers (from_line_id);
CREATE INDEX budget_transfers_to_line_idx ON budget_transfers (to_line_id);
CREATE INDEX budget_transfers_fiscal_period_idx ON budget_transfers (fiscal_period_id);

CREATE TABLE commitments (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    budget_line_id uuid NOT NULL REFERENCES budget_lines (id),
    fiscal_period_id uuid NOT NULL REFERENCES fiscal_periods (id),
    amount_amount bigint NOT NULL,
    amount_currency text NOT NULL,
    relieved_amount bigint,
    relieved_currency text,
    source_id uuid NOT NULL REFERENCES registry (id),
    expected_on date,
    description text,
    custom jsonb
);
CREATE INDEX commitments_budget_line_idx ON commitments (budget_line_id);
CREATE INDEX commitments_fiscal_period_idx ON commitments (fiscal_period_id);
CREATE INDEX commitments_source_idx ON commitments (source_id);

CREATE TABLE carry_forwards (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    from_line_id uuid NOT NULL REFERENCES budget_lines (id),
    to_line_id uuid NOT NULL REFERENCES budget_lines (id),
    commitment_id uuid REFERENCES commitments (id),
    fiscal_period_id uuid REFERENCES fiscal_periods (id),
    amount_amount bigint NOT NULL,
    amount_currency text NOT NULL,
    with_budget boolean NOT NULL,
    reason text NOT NULL,
    custom jsonb
);
CREATE INDEX carry_forwards_from_line_idx ON carry_forwards (from_line_id);
CREATE INDEX carry_forwards_to_line_idx ON carry_forwards (to_line_id);
CREATE INDEX carry_forwards_commitment_idx ON carry_forwards (commitment_id);
CREATE INDEX carry_forwards_fiscal_period_idx ON carry_forwards (fiscal_period_id);

CREATE TABLE cost_entries (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    posted_on date NOT NULL,
    fiscal_period_id uuid NOT NULL REFERENCES fiscal_periods (id),
    budget_line_id uuid REFERENCES budget_lines (id),
    cost_category_id uuid REFERENCES cost_categories (id),
    cost_center_id uuid REFERENCES cost_centers (id),
    service_starts_on date,
    service_ends_on date,
    net_amount bigint NOT NULL,
    net_currency text NOT NULL,
    tax_rate_percent double precision,
    tax_amount bigint,
    tax_currency text,
    recoverable_percent double precision NOT NULL,
    gross_amount bigint NOT NULL,
    gross_currency text NOT NULL,
    exchange_rate_units bigint,
    exchange_rate_pico bigint,
    base_amount_amount bigint NOT NULL,
    base_amount_currency text NOT NULL,
    source text NOT NULL,
    source_id uuid REFERENCES registry (id),
    document text NOT NULL,
    document_line bigint NOT NULL,
    reversal_of uuid,
    description text
);
CREATE UNIQUE INDEX cost_entries_document_key ON cost_entries (source, document, document_line);
CREATE INDEX cost_entries_unit_idx ON cost_entries (unit_id);
CREATE INDEX cost_entries_fiscal_period_idx ON cost_entries (fiscal_period_id);
CREATE INDEX cost_entries_budget_line_idx ON cost_entries (budget_line_id);
CREATE INDEX cost_entries_cost_category_idx ON cost_entries (cost_category_id);
CREATE INDEX cost_entries_cost_center_idx ON cost_entries (cost_center_id);
CREATE INDEX cost_entries_source_idx ON cost_entries (source_id);

CREATE TABLE accruals (
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
    fiscal_period_id uuid NOT NULL REFERENCES fiscal_periods (id),
    budget_line_id uuid REFERENCES budget_lines (id),
    source_id uuid REFERENCES registry (id),
    amount_amount bigint NOT NULL,
    amount_currency text NOT NULL,
    posted_on date NOT NULL,
    reverses_on date NOT NULL,
    description text,
    custom jsonb
);
CREATE INDEX accruals_unit_idx ON accruals (unit_id);
CREATE INDEX accruals_owner_idx ON accruals (owner_id);
CREATE INDEX accruals_fiscal_period_idx ON accruals (fiscal_period_id);
CREATE INDEX accruals_budget_line_idx ON accruals (budget_line_id);
CREATE INDEX accruals_source_idx ON accruals (source_id);

CREATE TABLE prepayments (
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
    budget_line_id uuid REFERENCES budget_lines (id),
    cost_category_id uuid REFERENCES cost_categories (id),
    amount_amount bigint NOT NULL,
    amount_currency text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    method text NOT NULL,
    description text,
    custom jsonb
);
CREATE INDEX prepayments_unit_idx ON prepayments (unit_id);
CREATE INDEX prepayments_owner_idx ON prepayments (owner_id);
CREATE INDEX prepayments_budget_line_idx ON prepayments (budget_line_id);
CREATE INDEX prepayments_cost_category_idx ON prepayments (cost_category_id);

CREATE TABLE forecasts (
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
    scope_id uuid NOT NULL REFERENCES registry (id),
    fiscal_year_id uuid NOT NULL REFERENCES fiscal_years (id),
    budget_id uuid REFERENCES budgets (id),
    method text NOT NULL,
    known_until_on date,
    currency text NOT NULL,
    amounts jsonb,
    assumptions text,
    custom jsonb
);
CREATE INDEX forecasts_unit_idx ON forecasts (unit_id);
CREATE INDEX forecasts_owner_idx ON forecasts (owner_id);
CREATE INDEX forecasts_scope_idx ON forecasts (scope_id);
CREATE INDEX forecasts_fiscal_year_idx ON forecasts (fiscal_year_id);
CREATE INDEX forecasts_budget_idx ON forecasts (budget_id);

CREATE TABLE cloud_charges (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    row_key text NOT NULL,
    provider text NOT NULL,
    billing_account text NOT NULL,
    sub_account text,
    billing_starts_at timestamptz NOT NULL,
    billing_ends_at timestamptz NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    charge_category text NOT NULL,
    charge_description text,
    service_category text NOT NULL,
    service_name text NOT NULL,
    region text,
    resource text,
    sku text,
    pricing_category text,
    consumed_quantity_units bigint,
    consumed_quantity_pico bigint,
    consumed_unit text,
    commitment_discount text,
    commitment_discount_status text,
    billed_cost_units bigint NOT NULL,
    billed_cost_pico bigint NOT NULL,
    billed_cost_currency text NOT NULL,
    effective_cost_units bigint NOT NULL,
    effective_cost_pico bigint NOT NULL,
    effective_cost_currency text NOT NULL,
    list_cost_units bigint NOT NULL,
    list_cost_pico bigint NOT NULL,
    list_cost_currency text NOT NULL,
    contracted_cost_units bigint NOT NULL,
    contracted_cost_pico bigint NOT NULL,
    contracted_cost_currency text NOT NULL,
    cost_center_id uuid REFERENCES cost_centers (id),
    columns jsonb NOT NULL
);
CREATE UNIQUE INDEX cloud_charges_row_key ON cloud_charges (row_key);
CREATE INDEX cloud_charges_unit_idx ON cloud_charges (unit_id);
CREATE INDEX cloud_charges_cost_center_idx ON cloud_charges (cost_center_id);

CREATE TABLE allocation_rules (
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
    pool_id uuid NOT NULL REFERENCES cost_centers (id),
    cost_category_id uuid REFERENCES cost_categories (id),
    driver text NOT NULL,
    step bigint NOT NULL,
    targets jsonb NOT NULL,
    starts_on date,
    ends_on date,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX allocation_rules_code_key ON allocation_rules (code_key);
CREATE INDEX allocation_rules_unit_idx ON allocation_rules (unit_id);
CREATE INDEX allocation_rules_owner_idx ON allocation_rules (owner_id);
CREATE INDEX allocation_rules_pool_idx ON allocation_rules (pool_id);
CREATE INDEX allocation_rules_cost_category_idx ON allocation_rules (cost_category_id);

CREATE TABLE allocation_runs (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    allocation_rule_id uuid NOT NULL REFERENCES allocation_rules (id),
    fiscal_period_id uuid NOT NULL REFERENCES fiscal_periods (id),
    amount_amount bigint NOT NULL,
    amount_currency text NOT NULL,
    description text,
    custom jsonb
);
CREATE INDEX allocation_runs_unit_idx ON allocation_runs (unit_id);
CREATE INDEX allocation_runs_owner_idx ON allocation_runs (owner_id);
CREATE INDEX allocation_runs_allocation_rule_idx ON allocation_runs (allocation_rule_id);
CREATE INDEX allocation_runs_fiscal_period_idx ON allocation_runs (fiscal_period_id);

CREATE TABLE labor_rates (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    subject_id uuid NOT NULL REFERENCES registry (id),
    hourly_rate_units bigint NOT NULL,
    hourly_rate_pico bigint NOT NULL,
    hourly_rate_currency text NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    custom jsonb
);
CREATE INDEX labor_rates_unit_idx ON labor_rates (unit_id);
CREATE INDEX labor_rates_subject_idx ON labor_rates (subject_id);

CREATE TABLE resource_requests (
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
    work_id uuid REFERENCES registry (id),
    role_profile_id uuid REFERENCES role_profiles (id),
    skill_id uuid REFERENCES skills (id),
    skill_level bigint,
    person_id uuid REFERENCES people (id),
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    hours double precision,
    percent double precision,
    priority text NOT NULL,
    description text,
    custom jsonb
);
CREATE INDEX resource_requests_unit_idx ON resource_requests (unit_id);
CREATE INDEX resource_requests_owner_idx ON resource_requests (owner_id);
CREATE INDEX resource_requests_work_idx ON resource_requests (work_id);
CREATE INDEX resource_requests_role_profile_idx ON resource_requests (role_profile_id);
CREATE INDEX resource_requests_skill_idx ON resource_requests (skill_id);
CREATE INDEX resource_requests_person_idx ON resource_requests (person_id);

CREATE TABLE allocations (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    request_id uuid REFERENCES resource_requests (id),
    person_id uuid NOT NULL REFERENCES people (id),
    work_id uuid REFERENCES registry (id),
    budget_line_id uuid REFERENCES budget_lines (id),
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    weekly_hours double precision,
    percent double precision,
    kind text NOT NULL,
    override_reason text,
    description text,
    custom jsonb
);
CREATE INDEX allocations_unit_idx ON allocations (unit_id);
CREATE INDEX allocations_request_idx ON allocations (request_id);
CREATE INDEX allocations_person_idx ON allocations (person_id);
CREATE INDEX allocations_work_idx ON allocations (work_id);
CREATE INDEX allocations_budget_line_idx ON allocations (budget_line_id);

CREATE TABLE investment_cases (
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
    sponsor_id uuid REFERENCES people (id),
    budget_line_id uuid REFERENCES budget_lines (id),
    currency text NOT NULL,
    period text NOT NULL,
    cash_flows jsonb NOT NULL,
    costs jsonb,
    benefits jsonb,
    discount_rate_percent double precision NOT NULL,
    options jsonb NOT NULL,
    assumptions text,
    custom jsonb
);
CREATE UNIQUE INDEX investment_cases_code_key ON investment_cases (code_key);
CREATE INDEX investment_cases_unit_idx ON investment_cases (unit_id);
CREATE INDEX investment_cases_owner_idx ON investment_cases (owner_id);
CREATE INDEX investment_cases_sponsor_idx ON investment_cases (sponsor_id);
CREATE INDEX investment_cases_budget_line_idx ON investment_cases (budget_line_id);
