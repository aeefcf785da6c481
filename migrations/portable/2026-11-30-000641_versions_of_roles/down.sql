DROP INDEX role_profiles_supersedes_idx;
ALTER TABLE role_profiles DROP COLUMN supersedes_id;
