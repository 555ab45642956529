-- Lists that people have set up and named: what they show of which records.
-- entity as in 0002. user_id 0: made by a key of no user. filter, columns: JSON.
CREATE TABLE saved_view (
	id SERIAL_ID,
	user_id BIGINT NOT NULL, -- whose; a shared one outlives its user
	entity INTEGER NOT NULL,
	name TEXT NOT NULL,
	name_folded TEXT NOT NULL,
	q TEXT,
	filter TEXT,
	sort TEXT,
	columns TEXT NOT NULL,
	shared INTEGER NOT NULL DEFAULT 0,
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX saved_view_name ON saved_view (user_id, entity, name_folded);
CREATE INDEX saved_view_shared ON saved_view (entity) WHERE shared = 1;
