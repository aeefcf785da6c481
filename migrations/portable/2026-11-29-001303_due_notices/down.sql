ALTER TABLE incident_notifications DROP COLUMN waiver_reason;
ALTER TABLE incident_notifications DROP COLUMN due_at;
ALTER TABLE security_incidents DROP COLUMN major;
