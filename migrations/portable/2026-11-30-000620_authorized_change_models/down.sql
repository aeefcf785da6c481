UPDATE registry SET state = NULL WHERE collection = 'infrastructure/change-models';
DROP INDEX change_models_approver_idx;
ALTER TABLE change_models DROP COLUMN approver_id;
ALTER TABLE change_models DROP COLUMN state;
