-- What was paid of invoices, in full or in part.
CREATE TABLE payments (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    state text NOT NULL,
    invoice_id uuid NOT NULL REFERENCES invoices (id),
    paid_on date NOT NULL,
    amount_amount bigint NOT NULL,
    amount_currency text NOT NULL,
    method text NOT NULL,
    bank_account_id uuid REFERENCES bank_accounts (id),
    credit_note_id uuid REFERENCES invoices (id),
    reference text,
    file_id uuid REFERENCES files (id),
    custom jsonb
);
CREATE INDEX payments_invoice_idx ON payments (invoice_id);
CREATE INDEX payments_bank_account_idx ON payments (bank_account_id);
CREATE INDEX payments_credit_note_idx ON payments (credit_note_id);
CREATE INDEX payments_file_idx ON payments (file_id);
