-- What people were shown when they signed up, each text once.
CREATE TABLE agreement_text (
	id SERIAL_ID,
	hash TEXT NOT NULL UNIQUE, -- SHA-256 of the text
	text TEXT NOT NULL
);

-- When they did, by which form, and when they confirmed it: kept as long as the
-- member is, whatever happens to its own row.
CREATE TABLE agreement (
	member_id BIGINT NOT NULL,
	email_hash TEXT NOT NULL DEFAULT '', -- its address then
	asked_ms BIGINT NOT NULL,
	asked_ip TEXT NOT NULL DEFAULT '',
	form TEXT NOT NULL DEFAULT '', -- its name then; '': a program asked
	text_id BIGINT, -- NULL: nothing was shown
	agreed_ms BIGINT, -- as asked_ms, or later by a mail; NULL: not yet
	agreed_ip TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (member_id, asked_ms)
) WITHOUT ROWID;
CREATE INDEX agreement_address ON agreement (email_hash) WHERE agreed_ms IS NOT NULL;
CREATE INDEX agreement_open ON agreement (asked_ms) WHERE agreed_ms IS NULL;
