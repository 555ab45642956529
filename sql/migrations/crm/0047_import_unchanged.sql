-- Whom an import found as the file has them: for who asks, never for undoing.
-- Imports of before this do not know.
CREATE TABLE import_unchanged (
	import_id BIGINT NOT NULL,
	entity INTEGER NOT NULL,
	record_id BIGINT NOT NULL,
	PRIMARY KEY (import_id, entity, record_id)
);
