-- Access rights are requested, granted by another person, and revoked; those that are there were granted.
ALTER TABLE access_rights ADD COLUMN state text NOT NULL DEFAULT 'granted';
ALTER TABLE access_rights ADD COLUMN approved_on date;
UPDATE access_rights SET state = 'revoked' WHERE revoked_on IS NOT NULL;
UPDATE registry SET state = (SELECT access_rights.state FROM access_rights WHERE access_rights.id = registry.id)
    WHERE collection = 'security/access-rights' AND id IN (SELECT id FROM access_rights);
