UPDATE registry SET state = NULL WHERE collection = 'security/access-rights';
ALTER TABLE access_rights DROP COLUMN approved_on;
ALTER TABLE access_rights DROP COLUMN state;
