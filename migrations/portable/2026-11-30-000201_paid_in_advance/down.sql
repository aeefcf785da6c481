DROP INDEX prepayments_commitment_idx;
DROP INDEX prepayments_cost_center_idx;
ALTER TABLE prepayments DROP COLUMN reversed_at;
ALTER TABLE prepayments DROP COLUMN override_reason;
ALTER TABLE prepayments DROP COLUMN invoiced_currency;
ALTER TABLE prepayments DROP COLUMN invoiced_amount;
ALTER TABLE prepayments DROP COLUMN commitment_id;
ALTER TABLE prepayments DROP COLUMN cost_center_id;
