-- A change model is authorised by another person than its author; those that name a day of authorisation are.
ALTER TABLE change_models ADD COLUMN state text NOT NULL DEFAULT 'draft';
ALTER TABLE change_models ADD COLUMN approver_id uuid REFERENCES people (id);
CREATE INDEX change_models_approver_idx ON change_models (approver_id);
UPDATE change_models SET state = 'authorized' WHERE authorized_on IS NOT NULL;
UPDATE registry SET state = 'draft' WHERE collection = 'infrastructure/change-models';
UPDATE registry SET state = 'authorized' WHERE id IN (SELECT id FROM change_models WHERE authorized_on IS NOT NULL);
