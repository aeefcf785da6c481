ALTER TABLE incident_notifications DROP COLUMN waived_at;
ALTER TABLE incident_notifications DROP COLUMN waiver_basis;
