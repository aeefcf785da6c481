ALTER TABLE cost_entries DROP COLUMN quantity_pico;
ALTER TABLE cost_entries DROP COLUMN quantity_units;
ALTER TABLE budget_lines DROP COLUMN unit_price_currency;
ALTER TABLE budget_lines DROP COLUMN unit_price_pico;
ALTER TABLE budget_lines DROP COLUMN unit_price_units;
ALTER TABLE budget_lines DROP COLUMN unit;
ALTER TABLE budget_lines DROP COLUMN quantity_pico;
ALTER TABLE budget_lines DROP COLUMN quantity_units;
