-- The months of prepayments, each of which becomes cost when it has come.
CREATE TABLE prepayment_months (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    prepayment_id uuid NOT NULL REFERENCES prepayments (id),
    number bigint NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    amount_amount bigint NOT NULL,
    amount_currency text NOT NULL,
    custom jsonb
);
CREATE INDEX prepayment_months_prepayment_idx ON prepayment_months (prepayment_id);
