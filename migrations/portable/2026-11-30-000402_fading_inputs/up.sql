-- The day on which the inputs of a run change by themselves, because a control test grows old.
ALTER TABLE risk_quantifications ADD COLUMN fades_on date;
