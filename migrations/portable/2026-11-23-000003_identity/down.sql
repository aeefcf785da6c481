DROP TABLE refresh_tokens;
DROP TABLE signing_keys;
DROP TABLE grants;
DROP TABLE roles;
DROP TABLE users;
