-- Failed logins, by what they are counted of: an account from an address, an address, an account.
CREATE TABLE login_failures (
    -- SHA-256 of it, in hexadecimal: logins are not kept as they were typed.
    key text PRIMARY KEY,
    failures bigint NOT NULL,
    failed_at timestamptz NOT NULL,
    -- Until when no password is looked at.
    blocked_until timestamptz NOT NULL,
    -- When the last failure is forgiven.
    forgotten_at timestamptz NOT NULL
);
CREATE INDEX login_failures_forgotten_idx ON login_failures (forgotten_at);

-- From where accounts have logged in: SHA-256 of the account and the address together.
CREATE TABLE login_addresses (
    pair text PRIMARY KEY,
    seen_at timestamptz NOT NULL
);
CREATE INDEX login_addresses_seen_idx ON login_addresses (seen_at);
