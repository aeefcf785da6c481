-- What it costs to replace a device of a type.
ALTER TABLE device_types ADD COLUMN replacement_cost_amount bigint;
ALTER TABLE device_types ADD COLUMN replacement_cost_currency text;
