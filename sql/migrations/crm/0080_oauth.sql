-- Programs of others that users let in (OAuth 2.0, RFC 6749): what they are known
-- by, and codes that wait to be exchanged for a key. An access token is a key of
-- the user; app_id says to whom it was given.
CREATE TABLE oauth_app (
	id SERIAL_ID,
	client_id TEXT NOT NULL UNIQUE,
	secret_hash TEXT NOT NULL, -- SHA-256
	name TEXT NOT NULL,
	redirect_uri TEXT NOT NULL,
	created_ms BIGINT NOT NULL
);
CREATE TABLE oauth_code (
	code_hash TEXT PRIMARY KEY, -- SHA-256
	app_id BIGINT NOT NULL,
	user_id BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL
);
ALTER TABLE api_key ADD COLUMN app_id BIGINT;
CREATE INDEX api_key_app ON api_key (app_id) WHERE app_id IS NOT NULL;
