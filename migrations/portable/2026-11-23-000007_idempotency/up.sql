-- Answers that are given again when a request comes again with the same key; written with the effect, in its transaction.
CREATE TABLE idempotency_keys (
    principal_id uuid NOT NULL REFERENCES registry (id),
    key text NOT NULL,
    -- SHA-256 of the method, the address and the body.
    request_digest text NOT NULL,
    status bigint NOT NULL,
    location text,
    revision bigint,
    body text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (principal_id, key)
);
CREATE INDEX idempotency_keys_created_idx ON idempotency_keys (created_at);
