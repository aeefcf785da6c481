-- What was given on one's own would be given on everything.
DELETE FROM claim_mappings WHERE own;
ALTER TABLE claim_mappings DROP COLUMN own;
