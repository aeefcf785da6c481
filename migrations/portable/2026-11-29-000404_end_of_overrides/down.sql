UPDATE risk_assessments SET state = 'confirmed' WHERE state = 'withdrawn';
ALTER TABLE risk_assessments DROP COLUMN expires_on;
