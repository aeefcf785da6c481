DROP INDEX requisitions_decider_idx;
ALTER TABLE requisitions DROP COLUMN decided_on;
ALTER TABLE requisitions DROP COLUMN decider_id;
