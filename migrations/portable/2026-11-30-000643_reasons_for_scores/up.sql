-- Why the final score of an objective differs from its computed progress.
ALTER TABLE objectives ADD COLUMN score_reason text;
