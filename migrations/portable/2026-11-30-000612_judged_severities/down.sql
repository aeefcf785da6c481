ALTER TABLE vulnerabilities DROP COLUMN fingerprint;
ALTER TABLE vulnerabilities DROP COLUMN severity_reason;
