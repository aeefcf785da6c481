DROP INDEX contracts_service_idx;
DROP INDEX contracts_project_idx;
ALTER TABLE contracts DROP COLUMN service_id;
ALTER TABLE contracts DROP COLUMN project_id;
