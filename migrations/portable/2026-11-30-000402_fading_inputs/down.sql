ALTER TABLE risk_quantifications DROP COLUMN fades_on;
