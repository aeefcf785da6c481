ALTER TABLE risk_quantifications DROP COLUMN run_inputs;
ALTER TABLE risk_quantifications DROP COLUMN ran_at;
