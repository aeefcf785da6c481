ALTER TABLE services DROP COLUMN downtime_cost_per_hour_currency;
ALTER TABLE services DROP COLUMN downtime_cost_per_hour_amount;
