-- What happened at the door: logins, refusals, tokens, exports. Rows are added and, when they are old, forgotten; none is changed.
CREATE TABLE security_events (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    -- Whom it is about, as far as that is known; else the service itself.
    created_by uuid NOT NULL,
    kind text NOT NULL,
    address text,
    subject text,
    request text
);
CREATE INDEX security_events_created_at_idx ON security_events (created_at);
