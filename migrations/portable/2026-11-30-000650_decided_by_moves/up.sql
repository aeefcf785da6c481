-- Who decided and when is written by the move; a deliverable that is done without is in a state of its own.
ALTER TABLE project_changes ADD COLUMN decided_on date;
UPDATE deliverables SET state = 'waived' WHERE waived_on IS NOT NULL AND state <> 'accepted';
UPDATE registry SET state = 'waived' WHERE collection = 'projects/deliverables' AND id IN (SELECT id FROM deliverables WHERE state = 'waived');
-- What was typed of a decision that was not made yet is no decision.
UPDATE deliverables SET acceptor_id = NULL, accepted_on = NULL WHERE state <> 'accepted';
UPDATE gates SET decider_id = NULL, decided_on = NULL WHERE state IN ('pending', 'ready');
UPDATE quality_checks SET checker_id = NULL, checked_on = NULL WHERE state = 'planned';
UPDATE project_changes SET decider_id = NULL WHERE state IN ('draft', 'assessed');
DELETE FROM edges WHERE field = 'acceptor_id' AND from_id IN (SELECT id FROM deliverables WHERE acceptor_id IS NULL);
DELETE FROM edges WHERE field = 'decider_id' AND from_id IN (SELECT id FROM gates WHERE decider_id IS NULL);
DELETE FROM edges WHERE field = 'checker_id' AND from_id IN (SELECT id FROM quality_checks WHERE checker_id IS NULL);
DELETE FROM edges WHERE field = 'decider_id' AND from_id IN (SELECT id FROM project_changes WHERE decider_id IS NULL);
