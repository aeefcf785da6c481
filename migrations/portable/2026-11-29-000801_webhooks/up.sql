-- Addresses to which events are posted as they happen.
CREATE TABLE webhooks (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    name text NOT NULL,
    url text NOT NULL,
    events jsonb NOT NULL,
    collection text,
    filter text,
    changed jsonb,
    -- Sealed where the service has a key for that.
    secret text,
    previous_secret text,
    previous_secret_until timestamptz,
    -- The position in the feed up to which events were looked at; null until it begins.
    position bigint,
    custom jsonb
);
CREATE INDEX webhooks_created_by_idx ON webhooks (created_by);

-- What was posted to them when, and what came of it. Rows are forgotten when they are old.
CREATE TABLE webhook_deliveries (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    -- Whose the webhook is.
    created_by uuid NOT NULL,
    webhook_id uuid NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event text NOT NULL,
    position bigint,
    subject_id uuid NOT NULL,
    state text NOT NULL,
    attempts bigint NOT NULL,
    -- When it is due, or until when the attempt at hand may take: the lease.
    next_attempt_at timestamptz,
    status_code bigint,
    error text,
    delivered_at timestamptz,
    duration_ms bigint
);
CREATE UNIQUE INDEX webhook_deliveries_position_key ON webhook_deliveries (webhook_id, position);
CREATE INDEX webhook_deliveries_due_idx ON webhook_deliveries (next_attempt_at, id) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_waiting_idx ON webhook_deliveries (webhook_id, subject_id, position) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_webhook_idx ON webhook_deliveries (webhook_id);
CREATE INDEX webhook_deliveries_subject_idx ON webhook_deliveries (subject_id);
CREATE INDEX webhook_deliveries_created_by_idx ON webhook_deliveries (created_by);
CREATE INDEX webhook_deliveries_created_at_idx ON webhook_deliveries (created_at);
