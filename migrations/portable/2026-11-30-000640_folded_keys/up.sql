-- Codes of requirements, models and sources of rates that differ only in case or blanks are one: each is kept as it is compared, too.
ALTER TABLE requirements ADD COLUMN code_key text NOT NULL DEFAULT '';
UPDATE requirements SET code_key = lower(trim(code));
UPDATE requirements SET code_key = code WHERE (framework_id, code_key) IN (SELECT framework_id, code_key FROM requirements GROUP BY framework_id, code_key HAVING COUNT(*) > 1);
DROP INDEX requirements_code_key;
CREATE UNIQUE INDEX requirements_code_key ON requirements (framework_id, code_key);
ALTER TABLE device_types ADD COLUMN model_key text NOT NULL DEFAULT '';
UPDATE device_types SET model_key = lower(trim(model));
UPDATE device_types SET model_key = model WHERE (manufacturer_id, model_key) IN (SELECT manufacturer_id, model_key FROM device_types GROUP BY manufacturer_id, model_key HAVING COUNT(*) > 1);
DROP INDEX device_types_model_key;
CREATE UNIQUE INDEX device_types_model_key ON device_types (manufacturer_id, model_key);
ALTER TABLE exchange_rates ADD COLUMN source_key text NOT NULL DEFAULT '';
UPDATE exchange_rates SET source_key = lower(trim(source));
UPDATE exchange_rates SET source_key = source WHERE (kind, from_currency, to_currency, valid_on, source_key) IN (SELECT kind, from_currency, to_currency, valid_on, source_key FROM exchange_rates GROUP BY kind, from_currency, to_currency, valid_on, source_key HAVING COUNT(*) > 1);
DROP INDEX exchange_rates_pair_key;
CREATE UNIQUE INDEX exchange_rates_pair_key ON exchange_rates (kind, from_currency, to_currency, valid_on, source_key);
