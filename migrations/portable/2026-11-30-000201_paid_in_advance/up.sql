-- Prepayments of invoices: where their cost arises, which promise they keep, and when they were taken back.
ALTER TABLE prepayments ADD COLUMN cost_center_id uuid REFERENCES cost_centers (id);
ALTER TABLE prepayments ADD COLUMN commitment_id uuid REFERENCES commitments (id);
ALTER TABLE prepayments ADD COLUMN invoiced_amount bigint;
ALTER TABLE prepayments ADD COLUMN invoiced_currency text;
ALTER TABLE prepayments ADD COLUMN override_reason text;
ALTER TABLE prepayments ADD COLUMN reversed_at timestamptz;
CREATE INDEX prepayments_cost_center_idx ON prepayments (cost_center_id);
CREATE INDEX prepayments_commitment_idx ON prepayments (commitment_id);
