-- Why a vulnerability is less severe here than its advisory says, and by what its scanner knows it again.
ALTER TABLE vulnerabilities ADD COLUMN severity_reason text;
ALTER TABLE vulnerabilities ADD COLUMN fingerprint text;
