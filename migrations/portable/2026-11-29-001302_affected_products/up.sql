-- What an advisory says of products, and where and when a scan found a vulnerability.
ALTER TABLE advisories ADD COLUMN products jsonb NOT NULL DEFAULT '[]';
ALTER TABLE vulnerabilities ADD COLUMN location text;
ALTER TABLE vulnerabilities ADD COLUMN last_seen_on date;
ALTER TABLE vulnerabilities ADD COLUMN reference text;
