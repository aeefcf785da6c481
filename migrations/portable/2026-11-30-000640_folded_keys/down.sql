DROP INDEX requirements_code_key;
CREATE UNIQUE INDEX requirements_code_key ON requirements (framework_id, code);
ALTER TABLE requirements DROP COLUMN code_key;
DROP INDEX device_types_model_key;
CREATE UNIQUE INDEX device_types_model_key ON device_types (manufacturer_id, model);
ALTER TABLE device_types DROP COLUMN model_key;
DROP INDEX exchange_rates_pair_key;
CREATE UNIQUE INDEX exchange_rates_pair_key ON exchange_rates (kind, from_currency, to_currency, valid_on, source);
ALTER TABLE exchange_rates DROP COLUMN source_key;
