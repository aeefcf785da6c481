-- The version of a role profile that another one replaces.
ALTER TABLE role_profiles ADD COLUMN supersedes_id uuid REFERENCES role_profiles (id);
CREATE INDEX role_profiles_supersedes_idx ON role_profiles (supersedes_id);
