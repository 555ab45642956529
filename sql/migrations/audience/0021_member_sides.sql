-- What hangs on members beside their row (src/audience/side).
-- Where they say that they are, in ten-millionths of a degree.
CREATE TABLE member_place (
	member_id ID PRIMARY KEY,
	latitude BIGINT NOT NULL,
	longitude BIGINT NOT NULL
);
-- What users wrote about them.
CREATE TABLE member_note (
	id SERIAL_ID,
	member_id BIGINT NOT NULL,
	note TEXT NOT NULL,
	created_by TEXT NOT NULL,
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL
);
CREATE INDEX member_note_of ON member_note (member_id, id);
-- What other programs say that they did. properties: JSON object of texts.
CREATE TABLE member_event (
	id SERIAL_ID,
	member_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	properties TEXT NOT NULL,
	occurred_ms BIGINT NOT NULL,
	is_syncing INTEGER NOT NULL
);
CREATE INDEX member_event_of ON member_event (member_id, occurred_ms, id);
