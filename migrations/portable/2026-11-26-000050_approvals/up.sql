-- Who approved what under which authority, and what the rules about it say beside.
ALTER TABLE delegations ADD COLUMN deputy_starts_on date;
ALTER TABLE delegations ADD COLUMN deputy_ends_on date;
ALTER TABLE sod_rules ADD COLUMN through text;
CREATE INDEX delegations_step_idx ON delegations (step);

CREATE TABLE approvals (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    collection text NOT NULL,
    record text NOT NULL,
    step text NOT NULL,
    principal_id uuid NOT NULL REFERENCES registry (id),
    person_id uuid REFERENCES people (id),
    delegation_id uuid REFERENCES delegations (id),
    as_deputy boolean NOT NULL,
    amount_amount bigint,
    amount_currency text,
    warning text
);
CREATE INDEX approvals_unit_idx ON approvals (unit_id);
CREATE INDEX approvals_principal_idx ON approvals (principal_id);
CREATE INDEX approvals_person_idx ON approvals (person_id);
CREATE INDEX approvals_delegation_idx ON approvals (delegation_id);
CREATE INDEX approvals_record_idx ON approvals (record, step);

-- What somebody did, for the rules that keep two steps apart.
CREATE INDEX revisions_actor_idx ON revisions (actor_id, collection);

-- What a kept answer warned of, as a JSON array.
ALTER TABLE idempotency_keys ADD COLUMN warnings text;
