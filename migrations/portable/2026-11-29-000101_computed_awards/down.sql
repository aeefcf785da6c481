ALTER TABLE amendments DROP COLUMN applied_on;
DROP INDEX offers_sealed_file_idx;
ALTER TABLE offers DROP COLUMN sealed_file_id;
ALTER TABLE offers DROP COLUMN sealed_summary;
UPDATE awards SET rank = 1 WHERE rank IS NULL;
