CREATE TABLE role_profiles (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    code text NOT NULL,
    code_key text NOT NULL,
    version text NOT NULL,
    name text NOT NULL,
    family text,
    responsibility_level bigint,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX role_profiles_version_key ON role_profiles (code_key, version);

CREATE TABLE one_on_ones (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    person_id uuid NOT NULL REFERENCES people (id),
    lead_id uuid NOT NULL REFERENCES people (id),
    held_on date NOT NULL,
    agenda text,
    notes text,
    next_on date,
    custom jsonb
);
CREATE INDEX one_on_ones_unit_idx ON one_on_ones (unit_id);
CREATE INDEX one_on_ones_person_idx ON one_on_ones (person_id);
CREATE INDEX one_on_ones_lead_idx ON one_on_ones (lead_id);

CREATE TABLE positions (
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
    role_profile_id uuid NOT NULL REFERENCES role_profiles (id),
    fte double precision NOT NULL,
    holder_id uuid REFERENCES people (id),
    starts_on date,
    ends_on date,
    location text,
    justification text,
    custom jsonb
);
CREATE INDEX positions_unit_idx ON positions (unit_id);
CREATE INDEX positions_owner_idx ON positions (owner_id);
CREATE INDEX positions_role_profile_idx ON positions (role_profile_id);
CREATE INDEX positions_holder_idx ON positions (holder_id);

CREATE TABLE teams (
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
    kind text NOT NULL,
    lead_id uuid REFERENCES people (id),
    purpose text,
    working_agreement text,
    email text,
    email_key text,
    url text,
    custom jsonb
);
CREATE UNIQUE INDEX teams_code_key ON teams (code_key);
CREATE INDEX teams_unit_idx ON teams (unit_id);
CREATE INDEX teams_lead_idx ON teams (lead_id);

CREATE TABLE memberships (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    team_id uuid NOT NULL REFERENCES teams (id),
    person_id uuid NOT NULL REFERENCES people (id),
    role text,
    fte_percent double precision,
    starts_on date NOT NULL,
    ends_on date,
    custom jsonb
);
CREATE INDEX memberships_team_idx ON memberships (team_id);
CREATE INDEX memberships_person_idx ON memberships (person_id);

CREATE TABLE role_requirements (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    role_profile_id uuid NOT NULL REFERENCES role_profiles (id),
    kind text NOT NULL,
    required_id uuid NOT NULL REFERENCES registry (id),
    minimum_level bigint,
    weight double precision NOT NULL,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX role_requirements_required_key ON role_requirements (role_profile_id, required_id);
CREATE INDEX role_requirements_required_idx ON role_requirements (required_id);

CREATE TABLE skills (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    code text NOT NULL,
    code_key text NOT NULL,
    name text NOT NULL,
    parent_id uuid REFERENCES skills (id),
    kind text NOT NULL,
    description text,
    levels jsonb NOT NULL,
    source text,
    custom jsonb
);
CREATE UNIQUE INDEX skills_code_key ON skills (code_key);
CREATE INDEX skills_parent_idx ON skills (parent_id);

CREATE TABLE skill_assessments (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    person_id uuid NOT NULL REFERENCES people (id),
    skill_id uuid NOT NULL REFERENCES skills (id),
    level bigint NOT NULL,
    source text NOT NULL,
    assessed_on date NOT NULL,
    assessor_id uuid REFERENCES people (id),
    evidence text,
    file_id uuid REFERENCES files (id),
    custom jsonb
);
CREATE INDEX skill_assessments_person_idx ON skill_assessments (person_id);
CREATE INDEX skill_assessments_skill_idx ON skill_assessments (skill_id);
CREATE INDEX skill_assessments_assessor_idx ON skill_assessments (assessor_id);
CREATE INDEX skill_assessments_file_idx ON skill_assessments (file_id);

CREATE TABLE certifications (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    code text NOT NULL,
    code_key text NOT NULL,
    name text NOT NULL,
    issuer text,
    skill_id uuid REFERENCES skills (id),
    validity_months bigint,
    credits_needed bigint,
    description text,
    url text,
    custom jsonb
);
CREATE UNIQUE INDEX certifications_code_key ON certifications (code_key);
CREATE INDEX certifications_skill_idx ON certifications (skill_id);

CREATE TABLE skill_needs (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    subject_id uuid NOT NULL REFERENCES registry (id),
    skill_id uuid NOT NULL REFERENCES skills (id),
    minimum_level bigint NOT NULL,
    needed_count bigint NOT NULL,
    certification_id uuid REFERENCES certifications (id),
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX skill_needs_skill_key ON skill_needs (subject_id, skill_id);
CREATE INDEX skill_needs_unit_idx ON skill_needs (unit_id);
CREATE INDEX skill_needs_skill_idx ON skill_needs (skill_id);
CREATE INDEX skill_needs_certification_idx ON skill_needs (certification_id);

CREATE TABLE person_certifications (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    person_id uuid NOT NULL REFERENCES people (id),
    certification_id uuid NOT NULL REFERENCES certifications (id),
    number text,
    planned_on date,
    issued_on date,
    expires_on date,
    credits_needed double precision,
    credits_earned double precision,
    cost_amount bigint,
    cost_currency text,
    file_id uuid REFERENCES files (id),
    notes text,
    custom jsonb
);
CREATE INDEX person_certifications_person_idx ON person_certifications (person_id);
CREATE INDEX person_certifications_certification_idx ON person_certifications (certification_id);
CREATE INDEX person_certifications_file_idx ON person_certifications (file_id);

CREATE TABLE courses (
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
    cost_amount bigint,
    cost_currency text,
    duration_hours double precision,
    mandatory_for_id uuid REFERENCES registry (id),
    validity_months bigint,
    skill_id uuid REFERENCES skills (id),
    skill_level bigint,
    certification_id uuid REFERENCES certifications (id),
    description text,
    url text,
    custom jsonb
);
CREATE UNIQUE INDEX courses_code_key ON courses (code_key);
CREATE INDEX courses_mandatory_for_idx ON courses (mandatory_for_id);
CREATE INDEX courses_skill_idx ON courses (skill_id);
CREATE INDEX courses_certification_idx ON courses (certification_id);

CREATE TABLE course_sessions (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    course_id uuid NOT NULL REFERENCES courses (id),
    name text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    seats bigint NOT NULL,
    location text,
    url text,
    trainer_id uuid REFERENCES people (id),
    cost_amount bigint,
    cost_currency text,
    notes text,
    custom jsonb
);
CREATE INDEX course_sessions_unit_idx ON course_sessions (unit_id);
CREATE INDEX course_sessions_owner_idx ON course_sessions (owner_id);
CREATE INDEX course_sessions_course_idx ON course_sessions (course_id);
CREATE INDEX course_sessions_trainer_idx ON course_sessions (trainer_id);

CREATE TABLE enrollments (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    person_id uuid NOT NULL REFERENCES people (id),
    course_id uuid NOT NULL REFERENCES courses (id),
    course_session_id uuid REFERENCES course_sessions (id),
    due_on date,
    completed_on date,
    score_percent double precision,
    cost_amount bigint,
    cost_currency text,
    notes text,
    file_id uuid REFERENCES files (id),
    custom jsonb
);
CREATE INDEX enrollments_person_idx ON enrollments (person_id);
CREATE INDEX enrollments_course_idx ON enrollments (course_id);
CREATE INDEX enrollments_course_session_idx ON enrollments (course_session_id);
CREATE INDEX enrollments_file_idx ON enrollments (file_id);

CREATE TABLE development_plans (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    person_id uuid NOT NULL REFERENCES people (id),
    title text NOT NULL,
    lead_id uuid REFERENCES people (id),
    target_role_id uuid REFERENCES role_profiles (id),
    learning_budget_amount bigint,
    learning_budget_currency text,
    learning_hours double precision,
    starts_on date,
    ends_on date,
    description text,
    person_agreed_on date,
    lead_agreed_on date,
    custom jsonb
);
CREATE INDEX development_plans_person_idx ON development_plans (person_id);
CREATE INDEX development_plans_lead_idx ON development_plans (lead_id);
CREATE INDEX development_plans_target_role_idx ON development_plans (target_role_id);

CREATE TABLE development_goals (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    development_plan_id uuid NOT NULL REFERENCES development_plans (id),
    action text NOT NULL,
    way text,
    skill_id uuid REFERENCES skills (id),
    target_level bigint,
    course_id uuid REFERENCES courses (id),
    success_criterion text,
    due_on date,
    progress_percent double precision NOT NULL,
    completed_on date,
    custom jsonb
);
CREATE INDEX development_goals_development_plan_idx ON development_goals (development_plan_id);
CREATE INDEX development_goals_skill_idx ON development_goals (skill_id);
CREATE INDEX development_goals_course_idx ON development_goals (course_id);

CREATE TABLE mentorships (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    mentee_id uuid NOT NULL REFERENCES people (id),
    mentor_id uuid REFERENCES people (id),
    skill_id uuid REFERENCES skills (id),
    second_skill_id uuid REFERENCES skills (id),
    focus text,
    cadence text,
    starts_on date,
    ends_on date,
    outcome text,
    custom jsonb
);
CREATE INDEX mentorships_unit_idx ON mentorships (unit_id);
CREATE INDEX mentorships_mentee_idx ON mentorships (mentee_id);
CREATE INDEX mentorships_mentor_idx ON mentorships (mentor_id);
CREATE INDEX mentorships_skill_idx ON mentorships (skill_id);
CREATE INDEX mentorships_second_skill_idx ON mentorships (second_skill_id);

CREATE TABLE mentoring_sessions (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    mentee_id uuid NOT NULL REFERENCES people (id),
    mentor_id uuid NOT NULL REFERENCES people (id),
    mentorship_id uuid REFERENCES mentorships (id),
    held_on date NOT NULL,
    duration_hours double precision,
    topics text,
    next_steps text,
    custom jsonb
);
CREATE INDEX mentoring_sessions_unit_idx ON mentoring_sessions (unit_id);
CREATE INDEX mentoring_sessions_mentee_idx ON mentoring_sessions (mentee_id);
CREATE INDEX mentoring_sessions_mentor_idx ON mentoring_sessions (mentor_id);
CREATE INDEX mentoring_sessions_mentorship_idx ON mentoring_sessions (mentorship_id);

CREATE TABLE action_items (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    subject_id uuid NOT NULL REFERENCES registry (id),
    title text NOT NULL,
    description text,
    assignee_id uuid REFERENCES people (id),
    due_on date,
    completed_on date,
    custom jsonb
);
CREATE INDEX action_items_subject_idx ON action_items (subject_id);
CREATE INDEX action_items_assignee_idx ON action_items (assignee_id);

CREATE TABLE feedback (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    person_id uuid NOT NULL REFERENCES people (id),
    author_id uuid NOT NULL REFERENCES people (id),
    visibility text NOT NULL,
    manager_id uuid REFERENCES people (id),
    kind text NOT NULL,
    given_on date NOT NULL,
    situation text,
    text text NOT NULL,
    custom jsonb
);
CREATE INDEX feedback_unit_idx ON feedback (unit_id);
CREATE INDEX feedback_person_idx ON feedback (person_id);
CREATE INDEX feedback_author_idx ON feedback (author_id);
CREATE INDEX feedback_manager_idx ON feedback (manager_id);

CREATE TABLE recognitions (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    subject_id uuid NOT NULL REFERENCES registry (id),
    giver_id uuid REFERENCES people (id),
    kind text NOT NULL,
    title text NOT NULL,
    description text,
    given_on date NOT NULL,
    reward_amount bigint,
    reward_currency text,
    custom jsonb
);
CREATE INDEX recognitions_unit_idx ON recognitions (unit_id);
CREATE INDEX recognitions_subject_idx ON recognitions (subject_id);
CREATE INDEX recognitions_giver_idx ON recognitions (giver_id);

CREATE TABLE review_cycles (
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
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    self_due_on date,
    peer_due_on date,
    manager_due_on date,
    calibration_due_on date,
    greatest_rating bigint NOT NULL,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX review_cycles_code_key ON review_cycles (code_key);
CREATE INDEX review_cycles_unit_idx ON review_cycles (unit_id);
CREATE INDEX review_cycles_owner_idx ON review_cycles (owner_id);

CREATE TABLE performance_reviews (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    review_cycle_id uuid NOT NULL REFERENCES review_cycles (id),
    person_id uuid NOT NULL REFERENCES people (id),
    reviewer_id uuid REFERENCES people (id),
    peer_id uuid REFERENCES people (id),
    second_peer_id uuid REFERENCES people (id),
    hr_partner_id uuid REFERENCES people (id),
    calibrator_id uuid REFERENCES people (id),
    second_calibrator_id uuid REFERENCES people (id),
    goals jsonb NOT NULL,
    self_review text,
    peer_review text,
    second_peer_review text,
    manager_review text,
    rating double precision,
    calibrated_rating double precision,
    shared_text text,
    custom jsonb
);
CREATE UNIQUE INDEX performance_reviews_person_key ON performance_reviews (review_cycle_id, person_id);
CREATE INDEX performance_reviews_unit_idx ON performance_reviews (unit_id);
CREATE INDEX performance_reviews_person_idx ON performance_reviews (person_id);
CREATE INDEX performance_reviews_reviewer_idx ON performance_reviews (reviewer_id);
CREATE INDEX performance_reviews_peer_idx ON performance_reviews (peer_id);
CREATE INDEX performance_reviews_second_peer_idx ON performance_reviews (second_peer_id);
CREATE INDEX performance_reviews_hr_partner_idx ON performance_reviews (hr_partner_id);
CREATE INDEX performance_reviews_calibrator_idx ON performance_reviews (calibrator_id);
CREATE INDEX performance_reviews_second_calibrator_idx ON performance_reviews (second_calibrator_id);

CREATE TABLE absences (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    person_id uuid NOT NULL REFERENCES people (id),
    kind text,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    absent_hours double precision,
    reported boolean NOT NULL,
    deputy_id uuid REFERENCES people (id),
    notes text,
    custom jsonb
);
CREATE INDEX absences_person_idx ON absences (person_id);
CREATE INDEX absences_deputy_idx ON absences (deputy_id);

CREATE TABLE on_call_shifts (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    team_id uuid NOT NULL REFERENCES teams (id),
    person_id uuid NOT NULL REFERENCES people (id),
    tier text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    phone text,
    handover text,
    custom jsonb
);
CREATE INDEX on_call_shifts_team_idx ON on_call_shifts (team_id);
CREATE INDEX on_call_shifts_person_idx ON on_call_shifts (person_id);

CREATE TABLE retrospectives (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    team_id uuid NOT NULL REFERENCES teams (id),
    title text NOT NULL,
    held_on date NOT NULL,
    starts_on date,
    ends_on date,
    facilitator_id uuid REFERENCES people (id),
    went_well text,
    went_badly text,
    learned text,
    custom jsonb
);
CREATE INDEX retrospectives_team_idx ON retrospectives (team_id);
CREATE INDEX retrospectives_facilitator_idx ON retrospectives (facilitator_id);

CREATE TABLE improvement_actions (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    retrospective_id uuid NOT NULL REFERENCES retrospectives (id),
    title text NOT NULL,
    description text,
    assignee_id uuid REFERENCES people (id),
    due_on date,
    result text,
    custom jsonb
);
CREATE INDEX improvement_actions_retrospective_idx ON improvement_actions (retrospective_id);
CREATE INDEX improvement_actions_assignee_idx ON improvement_actions (assignee_id);

CREATE TABLE succession_slots (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    owner_id uuid REFERENCES people (id),
    subject_id uuid NOT NULL REFERENCES registry (id),
    successor_id uuid NOT NULL REFERENCES people (id),
    incumbent_id uuid REFERENCES people (id),
    readiness text NOT NULL,
    place bigint NOT NULL,
    development_plan_id uuid REFERENCES development_plans (id),
    notes text,
    custom jsonb
);
CREATE UNIQUE INDEX succession_slots_successor_key ON succession_slots (subject_id, successor_id);
CREATE INDEX succession_slots_unit_idx ON succession_slots (unit_id);
CREATE INDEX succession_slots_owner_idx ON succession_slots (owner_id);
CREATE INDEX succession_slots_successor_idx ON succession_slots (successor_id);
CREATE INDEX succession_slots_incumbent_idx ON succession_slots (incumbent_id);
CREATE INDEX succession_slots_development_plan_idx ON succession_slots (development_plan_id);

CREATE TABLE pulse_surveys (
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
    team_id uuid REFERENCES teams (id),
    questions jsonb NOT NULL,
    starts_on date,
    ends_on date,
    custom jsonb
);
CREATE INDEX pulse_surveys_unit_idx ON pulse_surveys (unit_id);
CREATE INDEX pulse_surveys_owner_idx ON pulse_surveys (owner_id);
CREATE INDEX pulse_surveys_team_idx ON pulse_surveys (team_id);

CREATE TABLE pulse_answers (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    created_by uuid,
    pulse_survey_id uuid NOT NULL REFERENCES pulse_surveys (id),
    answers jsonb NOT NULL
);
CREATE INDEX pulse_answers_pulse_survey_idx ON pulse_answers (pulse_survey_id);

CREATE TABLE pulse_participations (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    pulse_survey_id uuid NOT NULL REFERENCES pulse_surveys (id),
    person_id uuid NOT NULL REFERENCES people (id)
);
CREATE UNIQUE INDEX pulse_participations_person_key ON pulse_participations (pulse_survey_id, person_id);
CREATE INDEX pulse_participations_person_idx ON pulse_participations (person_id);
