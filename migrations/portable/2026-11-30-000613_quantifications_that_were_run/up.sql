-- A quantification is fresh by a run alone.
UPDATE risk_quantifications SET state = 'stale' WHERE ran_at IS NULL;
UPDATE registry SET state = 'stale' WHERE collection = 'security/risk-quantifications' AND id IN (SELECT id FROM risk_quantifications WHERE ran_at IS NULL);
