CREATE TABLE settings (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    custom jsonb,
    name text NOT NULL,
    base_currency text NOT NULL,
    time_zone text NOT NULL
);
