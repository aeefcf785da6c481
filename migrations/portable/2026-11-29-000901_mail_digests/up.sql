-- Mails that people want about what waits for them.
CREATE TABLE mail_digests (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    frequency text NOT NULL,
    weekday text,
    hour bigint NOT NULL,
    topics jsonb NOT NULL,
    days_ahead bigint NOT NULL,
    -- When the next one is written; null until that is known.
    next_at timestamptz,
    -- When the last one was written that the mail server has taken.
    sent_at timestamptz,
    -- Why the last attempt failed; null after one that did not.
    failure text,
    custom jsonb
);
CREATE INDEX mail_digests_created_by_idx ON mail_digests (created_by);
CREATE INDEX mail_digests_next_at_idx ON mail_digests (next_at) WHERE state = 'active';

-- Mails that the mail server has not taken yet: one of a digest at most.
CREATE TABLE mails (
    id uuid PRIMARY KEY,
    digest_id uuid NOT NULL REFERENCES mail_digests (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    attempts bigint NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    -- Until when the process that took it may take.
    leased_until timestamptz
);
CREATE UNIQUE INDEX mails_digest_key ON mails (digest_id);
CREATE INDEX mails_due_idx ON mails (next_attempt_at, id);
