-- A notice of one stage goes to several authorities.
DROP INDEX incident_notifications_stage_key;
CREATE UNIQUE INDEX incident_notifications_stage_key ON incident_notifications (security_incident_id, regime, stage, authority);
