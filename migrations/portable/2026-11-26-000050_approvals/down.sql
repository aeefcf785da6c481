ALTER TABLE idempotency_keys DROP COLUMN warnings;
DROP INDEX revisions_actor_idx;
DROP TABLE approvals;
DROP INDEX delegations_step_idx;
ALTER TABLE sod_rules DROP COLUMN through;
ALTER TABLE delegations DROP COLUMN deputy_ends_on;
ALTER TABLE delegations DROP COLUMN deputy_starts_on;
