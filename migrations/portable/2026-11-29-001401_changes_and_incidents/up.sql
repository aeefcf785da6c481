-- What came of a change: known of those whose state still tells it.
ALTER TABLE changes ADD COLUMN outcome text;
UPDATE changes SET outcome = CASE state WHEN 'implemented' THEN 'successful' ELSE state END WHERE state IN ('implemented', 'failed', 'rolled_back');

-- What changes alter and incidents break beside their target.
ALTER TABLE changes ADD COLUMN target_ids jsonb NOT NULL DEFAULT '[]';
ALTER TABLE incidents ADD COLUMN target_ids jsonb NOT NULL DEFAULT '[]';
