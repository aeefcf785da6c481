DROP INDEX security_incidents_reporter_idx;
ALTER TABLE security_incidents DROP COLUMN reporter_id;
