DROP TABLE external_logins;
DROP INDEX grants_external_identity_idx;
ALTER TABLE grants DROP COLUMN external_identity_id;
DROP TABLE external_identities;
DROP TABLE claim_mappings;
DROP TABLE identity_providers;
