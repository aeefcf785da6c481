-- What an hour costs in which a service is down.
ALTER TABLE services ADD COLUMN downtime_cost_per_hour_amount bigint;
ALTER TABLE services ADD COLUMN downtime_cost_per_hour_currency text;
