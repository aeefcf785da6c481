ALTER TABLE objectives DROP COLUMN score_reason;
