-- Quantities and prices, which split a variance into price and volume.
ALTER TABLE budget_lines ADD COLUMN quantity_units bigint;
ALTER TABLE budget_lines ADD COLUMN quantity_pico bigint;
ALTER TABLE budget_lines ADD COLUMN unit text;
ALTER TABLE budget_lines ADD COLUMN unit_price_units bigint;
ALTER TABLE budget_lines ADD COLUMN unit_price_pico bigint;
ALTER TABLE budget_lines ADD COLUMN unit_price_currency text;
ALTER TABLE cost_entries ADD COLUMN quantity_units bigint;
ALTER TABLE cost_entries ADD COLUMN quantity_pico bigint;
