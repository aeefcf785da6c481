-- Who reported a security incident.
ALTER TABLE security_incidents ADD COLUMN reporter_id uuid REFERENCES people (id);
CREATE INDEX security_incidents_reporter_idx ON security_incidents (reporter_id);
