DROP INDEX kpis_risk_idx;
ALTER TABLE kpis DROP COLUMN risk_id;
