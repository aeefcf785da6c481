ALTER TABLE incidents DROP COLUMN target_ids;
ALTER TABLE changes DROP COLUMN target_ids;
ALTER TABLE changes DROP COLUMN outcome;
