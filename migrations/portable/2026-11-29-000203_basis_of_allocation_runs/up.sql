-- What a run was computed from, and the amount that it takes from then on.
ALTER TABLE allocation_runs ADD COLUMN basis jsonb;
ALTER TABLE allocation_runs ADD COLUMN taken_amount bigint;
ALTER TABLE allocation_runs ADD COLUMN taken_currency text;
UPDATE allocation_runs SET taken_amount = amount_amount, taken_currency = amount_currency;
ALTER TABLE allocation_runs DROP COLUMN amount_amount;
ALTER TABLE allocation_runs DROP COLUMN amount_currency;
ALTER TABLE allocation_runs RENAME COLUMN taken_amount TO amount_amount;
ALTER TABLE allocation_runs RENAME COLUMN taken_currency TO amount_currency;
