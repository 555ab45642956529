-- Pictures of campaigns (src/campaign/file/file.h). type: 1 jpeg 2 png 3 gif.
CREATE TABLE file (
	id SERIAL_ID,
	source_hash TEXT NOT NULL UNIQUE, -- SHA-256 of what was given
	hash TEXT NOT NULL, -- of what is served, which it names in public
	name TEXT NOT NULL,
	name_folded TEXT NOT NULL,
	type INTEGER NOT NULL,
	width INTEGER NOT NULL,
	height INTEGER NOT NULL,
	size_bytes BIGINT NOT NULL,
	created_ms BIGINT NOT NULL
);
CREATE INDEX file_hash ON file (hash);

-- Apart, so that lists do not pass over it.
CREATE TABLE file_body (
	file_id BIGINT PRIMARY KEY,
	base64 TEXT NOT NULL
);
