-- Power feeds of racks.
CREATE TABLE power_feeds (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    rack_id uuid NOT NULL REFERENCES racks (id),
    name text NOT NULL,
    name_key text NOT NULL,
    source text NOT NULL,
    kind text NOT NULL,
    phase text NOT NULL,
    voltage bigint NOT NULL,
    amperage bigint NOT NULL,
    max_utilization_percent double precision NOT NULL,
    description text,
    custom jsonb
);
CREATE UNIQUE INDEX power_feeds_name_key ON power_feeds (rack_id, name_key);
