-- Who may sign in, and with what. role: 1 administrator, 2 manager, 3 user.
CREATE TABLE app_user (
	id SERIAL_ID,
	email TEXT NOT NULL,
	email_hash TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	role INTEGER NOT NULL,
	may_send INTEGER NOT NULL DEFAULT 0,
	password_hash TEXT,
	disabled_ms BIGINT,
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL
);
CREATE TABLE session (
	token_hash TEXT PRIMARY KEY, -- sha256 of the cookie
	user_id BIGINT NOT NULL,
	csrf TEXT NOT NULL,
	ip TEXT,
	created_ms BIGINT NOT NULL,
	used_ms BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL
);
CREATE INDEX session_expires ON session (expires_ms);
CREATE INDEX session_of_user ON session (user_id);
CREATE TABLE api_key (
	id SERIAL_ID,
	name TEXT NOT NULL,
	key_hash TEXT NOT NULL UNIQUE, -- sha256 of <32 hex>-us1
	hint TEXT NOT NULL, -- first 4 digits
	role INTEGER NOT NULL,
	may_send INTEGER NOT NULL DEFAULT 0,
	user_id BIGINT,
	created_ms BIGINT NOT NULL,
	used_ms BIGINT,
	revoked_ms BIGINT
);
CREATE TABLE sign_in_failure (
	subject TEXT NOT NULL, -- keyed hash of address, or IP
	at_ms BIGINT NOT NULL
);
CREATE INDEX sign_in_failure_subject ON sign_in_failure (subject, at_ms);
CREATE INDEX sign_in_failure_at ON sign_in_failure (at_ms);
