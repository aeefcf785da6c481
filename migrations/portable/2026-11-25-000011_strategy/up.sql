CREATE TABLE strategic_plans (
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
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    vision text,
    mission text,
    summary text,
    version bigint NOT NULL,
    supersedes_id uuid REFERENCES strategic_plans (id),
    sponsor_id uuid REFERENCES people (id),
    file_id uuid REFERENCES files (id),
    review_on date,
    custom jsonb
);
CREATE INDEX strategic_plans_unit_idx ON strategic_plans (unit_id);
CREATE INDEX strategic_plans_owner_idx ON strategic_plans (owner_id);
CREATE INDEX strategic_plans_supersedes_idx ON strategic_plans (supersedes_id);
CREATE INDEX strategic_plans_sponsor_idx ON strategic_plans (sponsor_id);
CREATE INDEX strategic_plans_file_idx ON strategic_plans (file_id);

CREATE TABLE themes (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    plan_id uuid NOT NULL REFERENCES strategic_plans (id),
    name text NOT NULL,
    description text,
    outcome text,
    weight double precision NOT NULL,
    sponsor_id uuid REFERENCES people (id),
    custom jsonb
);
CREATE UNIQUE INDEX themes_name_key ON themes (plan_id, name);
CREATE INDEX themes_sponsor_idx ON themes (sponsor_id);

CREATE TABLE planning_cycles (
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
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    description text,
    custom jsonb
);
CREATE INDEX planning_cycles_unit_idx ON planning_cycles (unit_id);
CREATE INDEX planning_cycles_owner_idx ON planning_cycles (owner_id);

CREATE TABLE objectives (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    planning_cycle_id uuid NOT NULL REFERENCES planning_cycles (id),
    name text NOT NULL,
    description text,
    theme_id uuid REFERENCES themes (id),
    parent_id uuid REFERENCES objectives (id),
    level text NOT NULL,
    commitment text NOT NULL,
    weight double precision NOT NULL,
    health_override text,
    health_override_reason text,
    score double precision,
    reflection text,
    custom jsonb
);
CREATE INDEX objectives_unit_idx ON objectives (unit_id);
CREATE INDEX objectives_owner_idx ON objectives (owner_id);
CREATE INDEX objectives_planning_cycle_idx ON objectives (planning_cycle_id);
CREATE INDEX objectives_theme_idx ON objectives (theme_id);
CREATE INDEX objectives_parent_idx ON objectives (parent_id);

CREATE TABLE kpis (
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
    formula text,
    source text,
    perspective text NOT NULL,
    theme_id uuid REFERENCES themes (id),
    direction text NOT NULL,
    unit_of_measure text NOT NULL,
    frequency text NOT NULL,
    target double precision,
    warning_threshold double precision,
    critical_threshold double precision,
    low double precision,
    high double precision,
    tolerance double precision,
    custom jsonb
);
CREATE UNIQUE INDEX kpis_code_key ON kpis (code_key);
CREATE INDEX kpis_unit_idx ON kpis (unit_id);
CREATE INDEX kpis_owner_idx ON kpis (owner_id);
CREATE INDEX kpis_theme_idx ON kpis (theme_id);

CREATE TABLE key_results (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    objective_id uuid NOT NULL REFERENCES objectives (id),
    name text NOT NULL,
    description text,
    kind text NOT NULL,
    direction text NOT NULL,
    baseline double precision,
    target double precision,
    stretch double precision,
    low double precision,
    high double precision,
    tolerance double precision,
    unit_of_measure text NOT NULL,
    weight double precision NOT NULL,
    owner_id uuid REFERENCES people (id),
    kpi_id uuid REFERENCES kpis (id),
    due_on date,
    custom jsonb
);
CREATE INDEX key_results_objective_idx ON key_results (objective_id);
CREATE INDEX key_results_owner_idx ON key_results (owner_id);
CREATE INDEX key_results_kpi_idx ON key_results (kpi_id);

CREATE TABLE check_ins (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    key_result_id uuid NOT NULL REFERENCES key_results (id),
    checked_in_at timestamptz NOT NULL,
    value double precision NOT NULL,
    confidence bigint,
    note text
);
CREATE INDEX check_ins_key_result_idx ON check_ins (key_result_id);

CREATE TABLE kpi_samples (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    kpi_id uuid NOT NULL REFERENCES kpis (id),
    measured_at timestamptz NOT NULL,
    value double precision NOT NULL,
    note text
);
CREATE UNIQUE INDEX kpi_samples_time_key ON kpi_samples (kpi_id, measured_at);

CREATE TABLE capabilities (
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
    parent_id uuid REFERENCES capabilities (id),
    current_maturity bigint,
    target_maturity bigint,
    importance bigint,
    assessed_on date,
    custom jsonb
);
CREATE UNIQUE INDEX capabilities_code_key ON capabilities (code_key);
CREATE INDEX capabilities_unit_idx ON capabilities (unit_id);
CREATE INDEX capabilities_owner_idx ON capabilities (owner_id);
CREATE INDEX capabilities_parent_idx ON capabilities (parent_id);

CREATE TABLE initiatives (
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
    theme_id uuid REFERENCES themes (id),
    plan_id uuid REFERENCES strategic_plans (id),
    starts_on date,
    ends_on date,
    expected_value_amount bigint,
    expected_value_currency text,
    estimated_cost_amount bigint,
    estimated_cost_currency text,
    success_criteria text,
    custom jsonb
);
CREATE UNIQUE INDEX initiatives_code_key ON initiatives (code_key);
CREATE INDEX initiatives_unit_idx ON initiatives (unit_id);
CREATE INDEX initiatives_owner_idx ON initiatives (owner_id);
CREATE INDEX initiatives_sponsor_idx ON initiatives (sponsor_id);
CREATE INDEX initiatives_theme_idx ON initiatives (theme_id);
CREATE INDEX initiatives_plan_idx ON initiatives (plan_id);

CREATE TABLE initiative_dependencies (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    initiative_id uuid NOT NULL REFERENCES initiatives (id),
    depends_on_id uuid NOT NULL REFERENCES initiatives (id),
    note text,
    custom jsonb
);
CREATE UNIQUE INDEX initiative_dependencies_edge_key ON initiative_dependencies (initiative_id, depends_on_id);
CREATE INDEX initiative_dependencies_depends_on_idx ON initiative_dependencies (depends_on_id);

CREATE TABLE alignments (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    from_id uuid NOT NULL REFERENCES registry (id),
    to_id uuid NOT NULL REFERENCES registry (id),
    contribution_weight bigint NOT NULL,
    rationale text,
    custom jsonb
);
CREATE UNIQUE INDEX alignments_edge_key ON alignments (from_id, to_id);
CREATE INDEX alignments_unit_idx ON alignments (unit_id);
CREATE INDEX alignments_to_idx ON alignments (to_id);

CREATE TABLE technologies (
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
    category text NOT NULL,
    vendor_end_of_life_on date,
    own_end_of_life_on date,
    successor_id uuid REFERENCES technologies (id),
    website text,
    custom jsonb
);
CREATE UNIQUE INDEX technologies_name_key ON technologies (name);
CREATE INDEX technologies_unit_idx ON technologies (unit_id);
CREATE INDEX technologies_owner_idx ON technologies (owner_id);
CREATE INDEX technologies_successor_idx ON technologies (successor_id);

CREATE TABLE radars (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    name text NOT NULL,
    description text,
    quadrants jsonb NOT NULL,
    rings jsonb NOT NULL,
    custom jsonb
);
CREATE UNIQUE INDEX radars_name_key ON radars (name);
CREATE INDEX radars_unit_idx ON radars (unit_id);
CREATE INDEX radars_owner_idx ON radars (owner_id);

CREATE TABLE radar_editions (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    radar_id uuid NOT NULL REFERENCES radars (id),
    name text NOT NULL,
    edition_on date NOT NULL,
    introduction text,
    custom jsonb
);
CREATE UNIQUE INDEX radar_editions_name_key ON radar_editions (radar_id, name);

CREATE TABLE blips (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    radar_edition_id uuid NOT NULL REFERENCES radar_editions (id),
    technology_id uuid NOT NULL REFERENCES technologies (id),
    quadrant text NOT NULL,
    ring text NOT NULL,
    rationale text,
    owner_id uuid REFERENCES people (id),
    review_on date,
    custom jsonb
);
CREATE UNIQUE INDEX blips_technology_key ON blips (radar_edition_id, technology_id);
CREATE INDEX blips_technology_idx ON blips (technology_id);
CREATE INDEX blips_owner_idx ON blips (owner_id);

CREATE TABLE trends (
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
    summary text NOT NULL,
    category text NOT NULL,
    horizon text NOT NULL,
    source text,
    source_url text,
    technology_id uuid REFERENCES technologies (id),
    decision_rationale text,
    review_on date,
    custom jsonb
);
CREATE INDEX trends_unit_idx ON trends (unit_id);
CREATE INDEX trends_owner_idx ON trends (owner_id);
CREATE INDEX trends_technology_idx ON trends (technology_id);

CREATE TABLE trend_assessments (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    trend_id uuid NOT NULL REFERENCES trends (id),
    assessor_id uuid NOT NULL REFERENCES people (id),
    assessed_on date NOT NULL,
    impact bigint NOT NULL,
    likelihood bigint NOT NULL,
    organisation_readiness bigint NOT NULL,
    technology_maturity bigint NOT NULL,
    effort bigint NOT NULL,
    affected_capability_id uuid REFERENCES capabilities (id),
    affected_objective_id uuid REFERENCES objectives (id),
    rationale text,
    custom jsonb
);
CREATE INDEX trend_assessments_trend_idx ON trend_assessments (trend_id);
CREATE INDEX trend_assessments_assessor_idx ON trend_assessments (assessor_id);
CREATE INDEX trend_assessments_affected_capability_idx ON trend_assessments (affected_capability_id);
CREATE INDEX trend_assessments_affected_objective_idx ON trend_assessments (affected_objective_id);

CREATE TABLE experiments (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    trend_id uuid NOT NULL REFERENCES trends (id),
    name text NOT NULL,
    hypothesis text NOT NULL,
    metric text NOT NULL,
    success_threshold double precision NOT NULL,
    cost_limit_amount bigint,
    cost_limit_currency text,
    starts_on date,
    ends_on date,
    measured_value double precision,
    result text,
    custom jsonb
);
CREATE INDEX experiments_unit_idx ON experiments (unit_id);
CREATE INDEX experiments_owner_idx ON experiments (owner_id);
CREATE INDEX experiments_trend_idx ON experiments (trend_id);

CREATE TABLE context_factors (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    name text NOT NULL,
    description text,
    kind text NOT NULL,
    plan_id uuid REFERENCES strategic_plans (id),
    effect text NOT NULL,
    impact bigint,
    probability_percent double precision,
    horizon text,
    response text,
    source text,
    review_on date,
    custom jsonb
);
CREATE INDEX context_factors_unit_idx ON context_factors (unit_id);
CREATE INDEX context_factors_owner_idx ON context_factors (owner_id);
CREATE INDEX context_factors_plan_idx ON context_factors (plan_id);
