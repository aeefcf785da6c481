-- What a run of a quantification has drawn.
ALTER TABLE risk_quantifications ADD COLUMN run_result jsonb;
