ALTER TABLE commitments DROP COLUMN override_reason;
