-- Who scores the offers of a sourcing event.
CREATE TABLE evaluators (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    sourcing_event_id uuid NOT NULL REFERENCES sourcing_events (id),
    person_id uuid NOT NULL REFERENCES people (id),
    focus text,
    custom jsonb
);
CREATE UNIQUE INDEX evaluators_person_key ON evaluators (sourcing_event_id, person_id);
CREATE INDEX evaluators_person_idx ON evaluators (person_id);
