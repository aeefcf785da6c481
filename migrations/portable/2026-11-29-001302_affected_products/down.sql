ALTER TABLE vulnerabilities DROP COLUMN reference;
ALTER TABLE vulnerabilities DROP COLUMN last_seen_on;
ALTER TABLE vulnerabilities DROP COLUMN location;
ALTER TABLE advisories DROP COLUMN products;
