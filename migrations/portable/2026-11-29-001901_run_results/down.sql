ALTER TABLE risk_quantifications DROP COLUMN run_result;
