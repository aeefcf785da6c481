-- Calendars that programs read by an address with a secret in it.
CREATE TABLE calendar_feeds (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    name text NOT NULL,
    for_unit_id uuid REFERENCES units (id),
    for_person_id uuid REFERENCES people (id),
    kinds jsonb,
    -- SHA-256 of the secret in its address, in hexadecimal.
    token text,
    custom jsonb
);
CREATE INDEX calendar_feeds_created_by_idx ON calendar_feeds (created_by);
CREATE INDEX calendar_feeds_for_unit_idx ON calendar_feeds (for_unit_id);
CREATE INDEX calendar_feeds_for_person_idx ON calendar_feeds (for_person_id);
CREATE UNIQUE INDEX calendar_feeds_token_key ON calendar_feeds (token);

-- Moves by date that were refused, and when they are tried again.
CREATE TABLE deferred_moves (
    resource_id uuid NOT NULL REFERENCES registry (id),
    to_state text NOT NULL,
    -- Of the record that it was refused to: another one is tried at once.
    revision bigint NOT NULL,
    attempts bigint NOT NULL,
    next_at timestamptz NOT NULL,
    -- Why.
    detail text NOT NULL,
    PRIMARY KEY (resource_id, to_state)
);
