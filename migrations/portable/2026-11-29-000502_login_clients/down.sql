DROP TABLE authorization_requests;
DROP TABLE authorization_codes;
ALTER TABLE logins DROP COLUMN client;
DROP TABLE login_clients;
