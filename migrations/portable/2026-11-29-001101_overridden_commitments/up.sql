-- Why a commitment may pass the limit of its line.
ALTER TABLE commitments ADD COLUMN override_reason text;
