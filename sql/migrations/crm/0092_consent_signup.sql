-- Of who agreed by a sign-up form: what it showed (each text once), its name,
-- and when and from where they signed up. at_ms and ip of the row are those of
-- the confirmation, if one was asked for.
CREATE TABLE consent_text (
	id SERIAL_ID,
	hash TEXT NOT NULL UNIQUE, -- SHA-256 of the text
	text TEXT NOT NULL
);
ALTER TABLE consent ADD COLUMN form TEXT; -- NULL: by none; '': a program asked
ALTER TABLE consent ADD COLUMN text_id BIGINT;
ALTER TABLE consent ADD COLUMN asked_ms BIGINT;
ALTER TABLE consent ADD COLUMN asked_ip TEXT;
