-- What a treatment saves is the difference of two quantifications of its risk, and its cost is spread over its useful life.
ALTER TABLE treatments ADD COLUMN quantification_before_id uuid REFERENCES risk_quantifications (id);
ALTER TABLE treatments ADD COLUMN quantification_after_id uuid REFERENCES risk_quantifications (id);
ALTER TABLE treatments ADD COLUMN useful_life_years bigint;
CREATE INDEX treatments_quantification_before_idx ON treatments (quantification_before_id);
CREATE INDEX treatments_quantification_after_idx ON treatments (quantification_after_id);
