-- When notices are due, why one is not sent, and which incidents DORA is about.
ALTER TABLE security_incidents ADD COLUMN major boolean NOT NULL DEFAULT FALSE;
ALTER TABLE incident_notifications ADD COLUMN due_at timestamptz;
ALTER TABLE incident_notifications ADD COLUMN waiver_reason text;
