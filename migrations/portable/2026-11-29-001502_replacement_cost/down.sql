ALTER TABLE device_types DROP COLUMN replacement_cost_currency;
ALTER TABLE device_types DROP COLUMN replacement_cost_amount;
