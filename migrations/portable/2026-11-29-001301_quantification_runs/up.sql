-- When a quantification was last run, and what that run drew from.
ALTER TABLE risk_quantifications ADD COLUMN ran_at timestamptz;
ALTER TABLE risk_quantifications ADD COLUMN run_inputs jsonb;
