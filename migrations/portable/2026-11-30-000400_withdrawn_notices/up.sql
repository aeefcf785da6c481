-- A notice that is not sent says what that rests on and since when: one that nobody owes any more is due no more.
ALTER TABLE incident_notifications ADD COLUMN waiver_basis text;
ALTER TABLE incident_notifications ADD COLUMN waived_at timestamptz;
UPDATE incident_notifications SET waiver_basis = 'exemption', waived_at = updated_at WHERE waiver_reason IS NOT NULL;
