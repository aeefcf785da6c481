-- A contract that a project concludes is handed over to the service that it supports.
ALTER TABLE contracts ADD COLUMN project_id uuid REFERENCES projects (id);
ALTER TABLE contracts ADD COLUMN service_id uuid REFERENCES services (id);
CREATE INDEX contracts_project_idx ON contracts (project_id);
CREATE INDEX contracts_service_idx ON contracts (service_id);
