-- Signed roots of hash trees over the history, each over the revisions that follow those of the one before.
CREATE TABLE history_seals (
    id uuid PRIMARY KEY,
    -- The first and the last position that it seals.
    from_position bigint NOT NULL,
    to_position bigint NOT NULL,
    -- How many revisions those are.
    leaves bigint NOT NULL,
    -- SHA-256 of the root, in hexadecimal, and that of the seal before.
    root text NOT NULL,
    previous_root text,
    -- The JWS that says all of this, and the kid of its key.
    signature text NOT NULL,
    kid text NOT NULL,
    sealed_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX history_seals_from_key ON history_seals (from_position);
CREATE UNIQUE INDEX history_seals_to_key ON history_seals (to_position);
