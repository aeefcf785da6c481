-- The risk that an indicator warns of.
ALTER TABLE kpis ADD COLUMN risk_id uuid REFERENCES risks (id);
CREATE INDEX kpis_risk_idx ON kpis (risk_id);
