CREATE TABLE vendor_contacts (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    vendor_id uuid NOT NULL REFERENCES vendors (id),
    name text NOT NULL,
    role text NOT NULL,
    email text,
    email_key text,
    phone text,
    escalation boolean NOT NULL,
    custom jsonb
);
CREATE INDEX vendor_contacts_vendor_idx ON vendor_contacts (vendor_id);

CREATE TABLE bank_accounts (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    vendor_id uuid NOT NULL REFERENCES vendors (id),
    holder text NOT NULL,
    iban text,
    account_number text,
    bic text,
    bank_name text,
    currency text,
    verification text,
    checked_on date,
    custom jsonb
);
CREATE INDEX bank_accounts_vendor_idx ON bank_accounts (vendor_id);

CREATE TABLE qualifications (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    vendor_id uuid NOT NULL REFERENCES vendors (id),
    kind text NOT NULL,
    name text NOT NULL,
    issuer text,
    number text,
    coverage text,
    issued_on date,
    expires_on date,
    file_id uuid REFERENCES files (id),
    checker_id uuid REFERENCES people (id),
    notes text,
    custom jsonb
);
CREATE INDEX qualifications_vendor_idx ON qualifications (vendor_id);
CREATE INDEX qualifications_file_idx ON qualifications (file_id);
CREATE INDEX qualifications_checker_idx ON qualifications (checker_id);

CREATE TABLE due_diligence (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    vendor_id uuid NOT NULL REFERENCES vendors (id),
    name text NOT NULL,
    kind text NOT NULL,
    coverage text,
    assessor_id uuid REFERENCES people (id),
    due_on date,
    assessed_on date,
    findings jsonb NOT NULL,
    risk text,
    conclusion text,
    next_due_on date,
    file_id uuid REFERENCES files (id),
    custom jsonb
);
CREATE INDEX due_diligence_vendor_idx ON due_diligence (vendor_id);
CREATE INDEX due_diligence_assessor_idx ON due_diligence (assessor_id);
CREATE INDEX due_diligence_file_idx ON due_diligence (file_id);

CREATE TABLE vendor_relationships (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    vendor_id uuid NOT NULL REFERENCES vendors (id),
    related_vendor_id uuid NOT NULL REFERENCES vendors (id),
    kind text NOT NULL,
    description text,
    service_id uuid REFERENCES services (id),
    chain_rank bigint,
    data_access boolean NOT NULL,
    country text,
    consent text,
    starts_on date,
    ends_on date,
    custom jsonb
);
CREATE INDEX vendor_relationships_vendor_idx ON vendor_relationships (vendor_id);
CREATE INDEX vendor_relationships_related_vendor_idx ON vendor_relationships (related_vendor_id);
CREATE INDEX vendor_relationships_service_idx ON vendor_relationships (service_id);

CREATE TABLE requisitions (
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
    justification text,
    requester_id uuid REFERENCES people (id),
    approver_id uuid REFERENCES people (id),
    buyer_id uuid REFERENCES people (id),
    urgency text NOT NULL,
    needed_on date,
    site_id uuid REFERENCES sites (id),
    cost_center_id uuid REFERENCES cost_centers (id),
    suggested_vendor_id uuid REFERENCES vendors (id),
    custom jsonb
);
CREATE UNIQUE INDEX requisitions_code_key ON requisitions (code_key);
CREATE INDEX requisitions_unit_idx ON requisitions (unit_id);
CREATE INDEX requisitions_requester_idx ON requisitions (requester_id);
CREATE INDEX requisitions_approver_idx ON requisitions (approver_id);
CREATE INDEX requisitions_buyer_idx ON requisitions (buyer_id);
CREATE INDEX requisitions_site_idx ON requisitions (site_id);
CREATE INDEX requisitions_cost_center_idx ON requisitions (cost_center_id);
CREATE INDEX requisitions_suggested_vendor_idx ON requisitions (suggested_vendor_id);

CREATE TABLE requisition_lines (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    requisition_id uuid NOT NULL REFERENCES requisitions (id),
    line_number bigint NOT NULL,
    description text NOT NULL,
    kind text NOT NULL,
    device_type_id uuid REFERENCES device_types (id),
    quantity_units bigint NOT NULL,
    quantity_pico bigint NOT NULL,
    unit_of_measure text NOT NULL,
    unit_of_measure_key text NOT NULL,
    unit_price_units bigint,
    unit_price_pico bigint,
    unit_price_currency text,
    cost_category_id uuid REFERENCES cost_categories (id),
    needed_on date,
    specification text,
    custom jsonb
);
CREATE INDEX requisition_lines_requisition_idx ON requisition_lines (requisition_id);
CREATE INDEX requisition_lines_device_type_idx ON requisition_lines (device_type_id);
CREATE INDEX requisition_lines_cost_category_idx ON requisition_lines (cost_category_id);

CREATE TABLE sourcing_events (
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
    requisition_id uuid REFERENCES requisitions (id),
    questions_until_at timestamptz,
    deadline_at timestamptz,
    binding_until_at timestamptz,
    baseline_price_amount bigint,
    baseline_price_currency text,
    currency text,
    sealed boolean,
    file_id uuid REFERENCES files (id),
    outcome text,
    custom jsonb
);
CREATE UNIQUE INDEX sourcing_events_code_key ON sourcing_events (code_key);
CREATE INDEX sourcing_events_unit_idx ON sourcing_events (unit_id);
CREATE INDEX sourcing_events_owner_idx ON sourcing_events (owner_id);
CREATE INDEX sourcing_events_requisition_idx ON sourcing_events (requisition_id);
CREATE INDEX sourcing_events_file_idx ON sourcing_events (file_id);

CREATE TABLE criteria (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    sourcing_event_id uuid NOT NULL REFERENCES sourcing_events (id),
    parent_id uuid REFERENCES criteria (id),
    name text NOT NULL,
    description text,
    kind text NOT NULL,
    source text NOT NULL,
    weight double precision,
    max_points double precision,
    min_points double precision,
    formula text,
    discount_percent double precision,
    position bigint,
    custom jsonb
);
CREATE INDEX criteria_sourcing_event_idx ON criteria (sourcing_event_id);
CREATE INDEX criteria_parent_idx ON criteria (parent_id);

CREATE TABLE invitations (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    sourcing_event_id uuid NOT NULL REFERENCES sourcing_events (id),
    vendor_id uuid NOT NULL REFERENCES vendors (id),
    vendor_contact_id uuid REFERENCES vendor_contacts (id),
    email text,
    email_key text,
    message text,
    reply_by_on date,
    sent_at timestamptz,
    answered_at timestamptz,
    decline_reason text,
    custom jsonb
);
CREATE UNIQUE INDEX invitations_vendor_key ON invitations (sourcing_event_id, vendor_id);
CREATE INDEX invitations_vendor_idx ON invitations (vendor_id);
CREATE INDEX invitations_vendor_contact_idx ON invitations (vendor_contact_id);

CREATE TABLE clarifications (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    sourcing_event_id uuid NOT NULL REFERENCES sourcing_events (id),
    vendor_id uuid REFERENCES vendors (id),
    subject text NOT NULL,
    question text NOT NULL,
    asked_at timestamptz,
    answer text,
    responder_id uuid REFERENCES people (id),
    answered_at timestamptz,
    custom jsonb
);
CREATE INDEX clarifications_sourcing_event_idx ON clarifications (sourcing_event_id);
CREATE INDEX clarifications_vendor_idx ON clarifications (vendor_id);
CREATE INDEX clarifications_responder_idx ON clarifications (responder_id);

CREATE TABLE offers (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    sourcing_event_id uuid NOT NULL REFERENCES sourcing_events (id),
    vendor_id uuid NOT NULL REFERENCES vendors (id),
    invitation_id uuid REFERENCES invitations (id),
    reference text NOT NULL,
    received_at timestamptz,
    sealed_price_amount bigint,
    sealed_price_currency text,
    price_amount bigint,
    price_currency text,
    sealed_life_cycle jsonb,
    life_cycle jsonb,
    valid_until_on date,
    delivery_days bigint,
    payment_days bigint,
    summary text,
    file_id uuid REFERENCES files (id),
    price_explanation jsonb NOT NULL,
    disqualification_reason text,
    notes text,
    custom jsonb
);
CREATE INDEX offers_sourcing_event_idx ON offers (sourcing_event_id);
CREATE INDEX offers_vendor_idx ON offers (vendor_id);
CREATE INDEX offers_invitation_idx ON offers (invitation_id);
CREATE INDEX offers_file_idx ON offers (file_id);

CREATE TABLE offer_lines (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    offer_id uuid NOT NULL REFERENCES offers (id),
    requisition_line_id uuid REFERENCES requisition_lines (id),
    line_number bigint NOT NULL,
    description text NOT NULL,
    part_number text,
    quantity_units bigint NOT NULL,
    quantity_pico bigint NOT NULL,
    unit_of_measure text NOT NULL,
    unit_of_measure_key text NOT NULL,
    sealed_unit_price_units bigint,
    sealed_unit_price_pico bigint,
    sealed_unit_price_currency text,
    unit_price_units bigint,
    unit_price_pico bigint,
    unit_price_currency text,
    delivery_days bigint,
    optional boolean NOT NULL,
    deviation text,
    custom jsonb
);
CREATE INDEX offer_lines_offer_idx ON offer_lines (offer_id);
CREATE INDEX offer_lines_requisition_line_idx ON offer_lines (requisition_line_id);

CREATE TABLE offer_scores (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    offer_id uuid NOT NULL REFERENCES offers (id),
    criterion_id uuid REFERENCES criteria (id),
    sourcing_event_id uuid REFERENCES sourcing_events (id),
    evaluator_id uuid NOT NULL REFERENCES people (id),
    interests_declared_on date NOT NULL,
    interests text,
    points double precision,
    passed boolean,
    comment text,
    custom jsonb
);
CREATE INDEX offer_scores_offer_idx ON offer_scores (offer_id);
CREATE INDEX offer_scores_criterion_idx ON offer_scores (criterion_id);
CREATE INDEX offer_scores_sourcing_event_idx ON offer_scores (sourcing_event_id);
CREATE INDEX offer_scores_evaluator_idx ON offer_scores (evaluator_id);

CREATE TABLE negotiation_rounds (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    offer_id uuid NOT NULL REFERENCES offers (id),
    round_number bigint NOT NULL,
    held_on date,
    participants text,
    price_amount bigint,
    price_currency text,
    concessions jsonb NOT NULL,
    minutes text,
    file_id uuid REFERENCES files (id),
    custom jsonb
);
CREATE INDEX negotiation_rounds_offer_idx ON negotiation_rounds (offer_id);
CREATE INDEX negotiation_rounds_file_idx ON negotiation_rounds (file_id);

CREATE TABLE awards (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    offer_id uuid NOT NULL REFERENCES offers (id),
    sourcing_event_id uuid REFERENCES sourcing_events (id),
    vendor_id uuid REFERENCES vendors (id),
    rank bigint NOT NULL,
    reason text,
    lot text,
    price_amount bigint,
    price_currency text,
    decided_on date,
    standstill_until_on date,
    custom jsonb
);
CREATE INDEX awards_offer_idx ON awards (offer_id);
CREATE INDEX awards_sourcing_event_idx ON awards (sourcing_event_id);
CREATE INDEX awards_vendor_idx ON awards (vendor_id);

CREATE TABLE contracts (
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
    vendor_id uuid NOT NULL REFERENCES vendors (id),
    kind text NOT NULL,
    parent_id uuid REFERENCES contracts (id),
    vendor_reference text,
    starts_on date NOT NULL,
    ends_on date,
    minimum_ends_on date,
    renewal text NOT NULL,
    renewal_months bigint,
    notice_period jsonb,
    notice_to text NOT NULL,
    notice_counts text NOT NULL,
    notice_form text,
    currency text NOT NULL,
    ceiling_amount bigint,
    ceiling_currency text,
    payment_days bigint,
    payment_terms text,
    index_rule jsonb,
    liability_cap_amount bigint,
    liability_cap_currency text,
    governing_law text,
    data_location text,
    personal_data boolean NOT NULL,
    dpa_signed_on date,
    audit_right boolean NOT NULL,
    critical_function boolean NOT NULL,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX contracts_code_key ON contracts (code_key);
CREATE INDEX contracts_unit_idx ON contracts (unit_id);
CREATE INDEX contracts_owner_idx ON contracts (owner_id);
CREATE INDEX contracts_vendor_idx ON contracts (vendor_id);
CREATE INDEX contracts_parent_idx ON contracts (parent_id);

CREATE TABLE negotiation_plans (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    name text NOT NULL,
    lead_id uuid NOT NULL REFERENCES people (id),
    expert_id uuid REFERENCES people (id),
    counsel_id uuid REFERENCES people (id),
    decider_id uuid REFERENCES people (id),
    vendor_id uuid REFERENCES vendors (id),
    offer_id uuid REFERENCES offers (id),
    contract_id uuid REFERENCES contracts (id),
    objective text,
    alternative text,
    counterpart text,
    strategy text,
    items jsonb NOT NULL,
    starts_on date,
    ends_on date,
    custom jsonb
);
CREATE INDEX negotiation_plans_unit_idx ON negotiation_plans (unit_id);
CREATE INDEX negotiation_plans_lead_idx ON negotiation_plans (lead_id);
CREATE INDEX negotiation_plans_expert_idx ON negotiation_plans (expert_id);
CREATE INDEX negotiation_plans_counsel_idx ON negotiation_plans (counsel_id);
CREATE INDEX negotiation_plans_decider_idx ON negotiation_plans (decider_id);
CREATE INDEX negotiation_plans_vendor_idx ON negotiation_plans (vendor_id);
CREATE INDEX negotiation_plans_offer_idx ON negotiation_plans (offer_id);
CREATE INDEX negotiation_plans_contract_idx ON negotiation_plans (contract_id);

CREATE TABLE contract_versions (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    contract_id uuid NOT NULL REFERENCES contracts (id),
    number bigint NOT NULL,
    title text NOT NULL,
    author text NOT NULL,
    sent_on date,
    signed_on date,
    signatory_id uuid REFERENCES people (id),
    vendor_signatory text,
    file_id uuid REFERENCES files (id),
    changes text,
    custom jsonb
);
CREATE INDEX contract_versions_contract_idx ON contract_versions (contract_id);
CREATE INDEX contract_versions_signatory_idx ON contract_versions (signatory_id);
CREATE INDEX contract_versions_file_idx ON contract_versions (file_id);

CREATE TABLE contract_clauses (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    contract_version_id uuid NOT NULL REFERENCES contract_versions (id),
    number text NOT NULL,
    title text NOT NULL,
    text text NOT NULL,
    proposed_text text,
    proposing_party text,
    reason text,
    status text NOT NULL,
    deviates boolean NOT NULL,
    reviewer_id uuid REFERENCES people (id),
    custom jsonb
);
CREATE INDEX contract_clauses_contract_version_idx ON contract_clauses (contract_version_id);
CREATE INDEX contract_clauses_reviewer_idx ON contract_clauses (reviewer_id);

CREATE TABLE contract_obligations (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    contract_id uuid NOT NULL REFERENCES contracts (id),
    party text NOT NULL,
    title text NOT NULL,
    description text,
    contract_clause_id uuid REFERENCES contract_clauses (id),
    due_on date NOT NULL,
    interval_months bigint,
    reminder_days bigint,
    responsible_id uuid REFERENCES people (id),
    outcome text,
    file_id uuid REFERENCES files (id),
    custom jsonb
);
CREATE INDEX contract_obligations_contract_idx ON contract_obligations (contract_id);
CREATE INDEX contract_obligations_contract_clause_idx ON contract_obligations (contract_clause_id);
CREATE INDEX contract_obligations_responsible_idx ON contract_obligations (responsible_id);
CREATE INDEX contract_obligations_file_idx ON contract_obligations (file_id);

CREATE TABLE amendments (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    contract_id uuid NOT NULL REFERENCES contracts (id),
    number bigint NOT NULL,
    title text NOT NULL,
    description text,
    effective_on date NOT NULL,
    value_change_amount bigint,
    value_change_currency text,
    new_ends_on date,
    new_evergreen boolean NOT NULL,
    new_minimum_ends_on date,
    new_renewal text,
    new_renewal_months bigint,
    new_notice_period jsonb,
    new_notice_to text,
    new_ceiling_amount bigint,
    new_ceiling_currency text,
    new_payment_days bigint,
    new_data_location text,
    new_dpa_signed_on date,
    file_id uuid REFERENCES files (id),
    custom jsonb
);
CREATE INDEX amendments_contract_idx ON amendments (contract_id);
CREATE INDEX amendments_file_idx ON amendments (file_id);

CREATE TABLE contract_lines (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    contract_id uuid NOT NULL REFERENCES contracts (id),
    amendment_id uuid REFERENCES amendments (id),
    position bigint NOT NULL,
    article text,
    article_key text,
    title text NOT NULL,
    description text,
    charge text NOT NULL,
    interval_months bigint,
    quantity_units bigint,
    quantity_pico bigint,
    unit text NOT NULL,
    unit_price_units bigint NOT NULL,
    unit_price_pico bigint NOT NULL,
    unit_price_currency text NOT NULL,
    starts_on date,
    ends_on date,
    indexed boolean NOT NULL,
    software_product_id uuid REFERENCES software_products (id),
    device_type_id uuid REFERENCES device_types (id),
    budget_line_id uuid REFERENCES budget_lines (id),
    fiscal_period_id uuid REFERENCES fiscal_periods (id),
    committed_amount_amount bigint,
    committed_amount_currency text,
    custom jsonb
);
CREATE INDEX contract_lines_contract_idx ON contract_lines (contract_id);
CREATE INDEX contract_lines_amendment_idx ON contract_lines (amendment_id);
CREATE INDEX contract_lines_software_product_idx ON contract_lines (software_product_id);
CREATE INDEX contract_lines_device_type_idx ON contract_lines (device_type_id);
CREATE INDEX contract_lines_budget_line_idx ON contract_lines (budget_line_id);
CREATE INDEX contract_lines_fiscal_period_idx ON contract_lines (fiscal_period_id);

CREATE TABLE renewals (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    contract_id uuid NOT NULL REFERENCES contracts (id),
    title text NOT NULL,
    decision_due_on date NOT NULL,
    term_ends_on date,
    analyst_id uuid REFERENCES people (id),
    approver_id uuid REFERENCES people (id),
    analysis text,
    alternatives text,
    offered_price_amount bigint,
    offered_price_currency text,
    current_price_amount bigint,
    current_price_currency text,
    rationale text,
    notice_sent_on date,
    notice_received_on date,
    successor_id uuid REFERENCES contracts (id),
    file_id uuid REFERENCES files (id),
    custom jsonb
);
CREATE INDEX renewals_contract_idx ON renewals (contract_id);
CREATE INDEX renewals_analyst_idx ON renewals (analyst_id);
CREATE INDEX renewals_approver_idx ON renewals (approver_id);
CREATE INDEX renewals_successor_idx ON renewals (successor_id);
CREATE INDEX renewals_file_idx ON renewals (file_id);

CREATE TABLE purchase_orders (
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
    title text NOT NULL,
    vendor_id uuid NOT NULL REFERENCES vendors (id),
    vendor_contact_id uuid REFERENCES vendor_contacts (id),
    contract_id uuid REFERENCES contracts (id),
    requisition_id uuid REFERENCES requisitions (id),
    award_id uuid REFERENCES awards (id),
    currency text NOT NULL,
    buyer_id uuid REFERENCES people (id),
    requester_id uuid REFERENCES people (id),
    cost_center_id uuid REFERENCES cost_centers (id),
    site_id uuid REFERENCES sites (id),
    delivery_address text,
    delivery_due_on date,
    promised_on date,
    delivery_terms text,
    payment_days bigint,
    vendor_reference text,
    tolerance_percent double precision,
    notes text,
    custom jsonb
);
CREATE UNIQUE INDEX purchase_orders_code_key ON purchase_orders (code_key);
CREATE INDEX purchase_orders_unit_idx ON purchase_orders (unit_id);
CREATE INDEX purchase_orders_vendor_idx ON purchase_orders (vendor_id);
CREATE INDEX purchase_orders_vendor_contact_idx ON purchase_orders (vendor_contact_id);
CREATE INDEX purchase_orders_contract_idx ON purchase_orders (contract_id);
CREATE INDEX purchase_orders_requisition_idx ON purchase_orders (requisition_id);
CREATE INDEX purchase_orders_award_idx ON purchase_orders (award_id);
CREATE INDEX purchase_orders_buyer_idx ON purchase_orders (buyer_id);
CREATE INDEX purchase_orders_requester_idx ON purchase_orders (requester_id);
CREATE INDEX purchase_orders_cost_center_idx ON purchase_orders (cost_center_id);
CREATE INDEX purchase_orders_site_idx ON purchase_orders (site_id);

CREATE TABLE purchase_order_lines (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    purchase_order_id uuid NOT NULL REFERENCES purchase_orders (id),
    position bigint NOT NULL,
    article text,
    article_key text,
    title text NOT NULL,
    description text,
    quantity_units bigint NOT NULL,
    quantity_pico bigint NOT NULL,
    unit text NOT NULL,
    unit_price_units bigint NOT NULL,
    unit_price_pico bigint NOT NULL,
    unit_price_currency text NOT NULL,
    discount_percent double precision,
    tax_percent double precision,
    delivery_due_on date,
    matching text NOT NULL,
    tolerance_percent double precision NOT NULL,
    contract_line_id uuid REFERENCES contract_lines (id),
    requisition_line_id uuid REFERENCES requisition_lines (id),
    device_type_id uuid REFERENCES device_types (id),
    software_product_id uuid REFERENCES software_products (id),
    budget_line_id uuid REFERENCES budget_lines (id),
    fiscal_period_id uuid REFERENCES fiscal_periods (id),
    custom jsonb
);
CREATE INDEX purchase_order_lines_purchase_order_idx ON purchase_order_lines (purchase_order_id);
CREATE INDEX purchase_order_lines_contract_line_idx ON purchase_order_lines (contract_line_id);
CREATE INDEX purchase_order_lines_requisition_line_idx ON purchase_order_lines (requisition_line_id);
CREATE INDEX purchase_order_lines_device_type_idx ON purchase_order_lines (device_type_id);
CREATE INDEX purchase_order_lines_software_product_idx ON purchase_order_lines (software_product_id);
CREATE INDEX purchase_order_lines_budget_line_idx ON purchase_order_lines (budget_line_id);
CREATE INDEX purchase_order_lines_fiscal_period_idx ON purchase_order_lines (fiscal_period_id);

CREATE TABLE receipts (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    vendor_id uuid NOT NULL REFERENCES vendors (id),
    purchase_order_id uuid REFERENCES purchase_orders (id),
    number text NOT NULL,
    received_on date NOT NULL,
    receiver_id uuid REFERENCES people (id),
    site_id uuid REFERENCES sites (id),
    carrier text,
    notes text,
    file_id uuid REFERENCES files (id),
    custom jsonb
);
CREATE INDEX receipts_unit_idx ON receipts (unit_id);
CREATE INDEX receipts_vendor_idx ON receipts (vendor_id);
CREATE INDEX receipts_purchase_order_idx ON receipts (purchase_order_id);
CREATE INDEX receipts_receiver_idx ON receipts (receiver_id);
CREATE INDEX receipts_site_idx ON receipts (site_id);
CREATE INDEX receipts_file_idx ON receipts (file_id);

CREATE TABLE receipt_lines (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    receipt_id uuid NOT NULL REFERENCES receipts (id),
    purchase_order_line_id uuid REFERENCES purchase_order_lines (id),
    title text NOT NULL,
    accepted_quantity_units bigint NOT NULL,
    accepted_quantity_pico bigint NOT NULL,
    rejected_quantity_units bigint NOT NULL,
    rejected_quantity_pico bigint NOT NULL,
    rejection_reason text,
    serials jsonb NOT NULL,
    custom jsonb
);
CREATE INDEX receipt_lines_receipt_idx ON receipt_lines (receipt_id);
CREATE INDEX receipt_lines_purchase_order_line_idx ON receipt_lines (purchase_order_line_id);

CREATE TABLE invoices (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    vendor_id uuid NOT NULL REFERENCES vendors (id),
    kind text NOT NULL,
    number text NOT NULL,
    number_key text NOT NULL,
    invoiced_on date NOT NULL,
    received_on date NOT NULL,
    due_on date,
    service_starts_on date,
    service_ends_on date,
    net_amount bigint NOT NULL,
    net_currency text NOT NULL,
    tax_amount bigint NOT NULL,
    tax_currency text NOT NULL,
    gross_amount bigint NOT NULL,
    gross_currency text NOT NULL,
    purchase_order_id uuid REFERENCES purchase_orders (id),
    contract_id uuid REFERENCES contracts (id),
    corrects_id uuid REFERENCES invoices (id),
    bank_account_id uuid REFERENCES bank_accounts (id),
    approver_id uuid REFERENCES people (id),
    exception text,
    payment_reference text,
    paid_on date,
    file_id uuid REFERENCES files (id),
    custom jsonb
);
CREATE INDEX invoices_unit_idx ON invoices (unit_id);
CREATE INDEX invoices_vendor_idx ON invoices (vendor_id);
CREATE INDEX invoices_purchase_order_idx ON invoices (purchase_order_id);
CREATE INDEX invoices_contract_idx ON invoices (contract_id);
CREATE INDEX invoices_corrects_idx ON invoices (corrects_id);
CREATE INDEX invoices_bank_account_idx ON invoices (bank_account_id);
CREATE INDEX invoices_approver_idx ON invoices (approver_id);
CREATE INDEX invoices_file_idx ON invoices (file_id);

CREATE TABLE invoice_lines (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    invoice_id uuid NOT NULL REFERENCES invoices (id),
    position bigint NOT NULL,
    title text NOT NULL,
    quantity_units bigint NOT NULL,
    quantity_pico bigint NOT NULL,
    unit_price_units bigint NOT NULL,
    unit_price_pico bigint NOT NULL,
    unit_price_currency text NOT NULL,
    net_amount bigint NOT NULL,
    net_currency text NOT NULL,
    tax_percent double precision,
    purchase_order_line_id uuid REFERENCES purchase_order_lines (id),
    contract_line_id uuid REFERENCES contract_lines (id),
    receipt_line_id uuid REFERENCES receipt_lines (id),
    budget_line_id uuid REFERENCES budget_lines (id),
    fiscal_period_id uuid REFERENCES fiscal_periods (id),
    cost_center_id uuid REFERENCES cost_centers (id),
    custom jsonb
);
CREATE INDEX invoice_lines_invoice_idx ON invoice_lines (invoice_id);
CREATE INDEX invoice_lines_purchase_order_line_idx ON invoice_lines (purchase_order_line_id);
CREATE INDEX invoice_lines_contract_line_idx ON invoice_lines (contract_line_id);
CREATE INDEX invoice_lines_receipt_line_idx ON invoice_lines (receipt_line_id);
CREATE INDEX invoice_lines_budget_line_idx ON invoice_lines (budget_line_id);
CREATE INDEX invoice_lines_fiscal_period_idx ON invoice_lines (fiscal_period_id);
CREATE INDEX invoice_lines_cost_center_idx ON invoice_lines (cost_center_id);

CREATE TABLE sla_targets (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    contract_id uuid NOT NULL REFERENCES contracts (id),
    service_id uuid REFERENCES services (id),
    name text NOT NULL,
    metric text NOT NULL,
    target double precision NOT NULL,
    unit text NOT NULL,
    direction text NOT NULL,
    measurement_window text NOT NULL,
    service_hours text,
    method text,
    exclusions text,
    credit_tiers jsonb NOT NULL,
    credit_cap_percent double precision,
    claim_days bigint,
    starts_on date NOT NULL,
    ends_on date,
    custom jsonb
);
CREATE INDEX sla_targets_contract_idx ON sla_targets (contract_id);
CREATE INDEX sla_targets_service_idx ON sla_targets (service_id);

CREATE TABLE sla_measurements (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    sla_target_id uuid NOT NULL REFERENCES sla_targets (id),
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    value double precision NOT NULL,
    source text NOT NULL,
    excluded_seconds bigint,
    sample_size bigint,
    notes text,
    file_id uuid REFERENCES files (id)
);
CREATE INDEX sla_measurements_sla_target_idx ON sla_measurements (sla_target_id);
CREATE INDEX sla_measurements_file_idx ON sla_measurements (file_id);

CREATE TABLE service_credits (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    sla_target_id uuid NOT NULL REFERENCES sla_targets (id),
    contract_id uuid REFERENCES contracts (id),
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    measured_value double precision,
    amount_amount bigint NOT NULL,
    amount_currency text NOT NULL,
    accepted_amount_amount bigint,
    accepted_amount_currency text,
    claimed_on date NOT NULL,
    reason text,
    refusal_reason text,
    invoice_id uuid REFERENCES invoices (id),
    applied_on date,
    custom jsonb
);
CREATE INDEX service_credits_sla_target_idx ON service_credits (sla_target_id);
CREATE INDEX service_credits_contract_idx ON service_credits (contract_id);
CREATE INDEX service_credits_invoice_idx ON service_credits (invoice_id);

CREATE TABLE scorecard_templates (
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
    best_score bigint NOT NULL,
    interval_months bigint,
    criteria jsonb NOT NULL,
    custom jsonb
);
CREATE UNIQUE INDEX scorecard_templates_code_key ON scorecard_templates (code_key);
CREATE INDEX scorecard_templates_unit_idx ON scorecard_templates (unit_id);
CREATE INDEX scorecard_templates_owner_idx ON scorecard_templates (owner_id);

CREATE TABLE scorecards (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    vendor_id uuid NOT NULL REFERENCES vendors (id),
    scorecard_template_id uuid NOT NULL REFERENCES scorecard_templates (id),
    contract_id uuid REFERENCES contracts (id),
    title text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    evaluator_id uuid REFERENCES people (id),
    scores jsonb NOT NULL,
    summary text,
    vendor_comment text,
    custom jsonb
);
CREATE INDEX scorecards_vendor_idx ON scorecards (vendor_id);
CREATE INDEX scorecards_scorecard_template_idx ON scorecards (scorecard_template_id);
CREATE INDEX scorecards_contract_idx ON scorecards (contract_id);
CREATE INDEX scorecards_evaluator_idx ON scorecards (evaluator_id);

CREATE TABLE vendor_reviews (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    vendor_id uuid NOT NULL REFERENCES vendors (id),
    contract_id uuid REFERENCES contracts (id),
    scorecard_id uuid REFERENCES scorecards (id),
    title text NOT NULL,
    level text NOT NULL,
    held_on date NOT NULL,
    chair_id uuid REFERENCES people (id),
    participants text,
    agenda text,
    minutes text,
    decisions text,
    next_review_on date,
    file_id uuid REFERENCES files (id),
    custom jsonb
);
CREATE INDEX vendor_reviews_vendor_idx ON vendor_reviews (vendor_id);
CREATE INDEX vendor_reviews_contract_idx ON vendor_reviews (contract_id);
CREATE INDEX vendor_reviews_scorecard_idx ON vendor_reviews (scorecard_id);
CREATE INDEX vendor_reviews_chair_idx ON vendor_reviews (chair_id);
CREATE INDEX vendor_reviews_file_idx ON vendor_reviews (file_id);

CREATE TABLE vendor_improvement_plans (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    vendor_id uuid NOT NULL REFERENCES vendors (id),
    contract_id uuid REFERENCES contracts (id),
    scorecard_id uuid REFERENCES scorecards (id),
    title text NOT NULL,
    problem text NOT NULL,
    cause text,
    success_criteria text NOT NULL,
    steps jsonb NOT NULL,
    responsible_id uuid REFERENCES people (id),
    starts_on date NOT NULL,
    due_on date NOT NULL,
    consequence text,
    outcome text,
    custom jsonb
);
CREATE INDEX vendor_improvement_plans_vendor_idx ON vendor_improvement_plans (vendor_id);
CREATE INDEX vendor_improvement_plans_contract_idx ON vendor_improvement_plans (contract_id);
CREATE INDEX vendor_improvement_plans_scorecard_idx ON vendor_improvement_plans (scorecard_id);
CREATE INDEX vendor_improvement_plans_responsible_idx ON vendor_improvement_plans (responsible_id);

CREATE TABLE disputes (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    vendor_id uuid NOT NULL REFERENCES vendors (id),
    contract_id uuid REFERENCES contracts (id),
    subject_id uuid REFERENCES registry (id),
    title text NOT NULL,
    kind text NOT NULL,
    raising_party text NOT NULL,
    raised_on date NOT NULL,
    answer_due_on date,
    description text NOT NULL,
    amount_amount bigint,
    amount_currency text,
    responsible_id uuid REFERENCES people (id),
    resolution text,
    settled_amount_amount bigint,
    settled_amount_currency text,
    file_id uuid REFERENCES files (id),
    custom jsonb
);
CREATE INDEX disputes_vendor_idx ON disputes (vendor_id);
CREATE INDEX disputes_contract_idx ON disputes (contract_id);
CREATE INDEX disputes_subject_idx ON disputes (subject_id);
CREATE INDEX disputes_responsible_idx ON disputes (responsible_id);
CREATE INDEX disputes_file_idx ON disputes (file_id);

CREATE TABLE exit_plans (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    vendor_id uuid NOT NULL REFERENCES vendors (id),
    contract_id uuid REFERENCES contracts (id),
    title text NOT NULL,
    scenario text NOT NULL,
    triggers text,
    alternative text NOT NULL,
    alternative_vendor_id uuid REFERENCES vendors (id),
    steps jsonb NOT NULL,
    data_return text,
    transition_months bigint,
    estimated_cost_amount bigint,
    estimated_cost_currency text,
    estimated_days bigint,
    responsible_id uuid REFERENCES people (id),
    tested_on date,
    test_result text,
    test_notes text,
    review_due_on date,
    file_id uuid REFERENCES files (id),
    custom jsonb
);
CREATE INDEX exit_plans_vendor_idx ON exit_plans (vendor_id);
CREATE INDEX exit_plans_contract_idx ON exit_plans (contract_id);
CREATE INDEX exit_plans_alternative_vendor_idx ON exit_plans (alternative_vendor_id);
CREATE INDEX exit_plans_responsible_idx ON exit_plans (responsible_id);
CREATE INDEX exit_plans_file_idx ON exit_plans (file_id);
