-- Groups, and imports with what is needed to undo them.
CREATE TABLE crm_group (
	id SERIAL_ID,
	name TEXT NOT NULL,
	name_folded TEXT NOT NULL,
	entity INTEGER NOT NULL,
	kind INTEGER NOT NULL, -- 1 static, 2 dynamic
	criteria TEXT, -- JSON tree; NULL: everybody
	created_by BIGINT,
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL,
	evaluated_ms BIGINT -- static: when the criterion was last applied
);
-- how: 1 by the criterion, 2 included by hand
CREATE TABLE group_member (
	group_id BIGINT NOT NULL,
	record_id BIGINT NOT NULL,
	how INTEGER NOT NULL,
	PRIMARY KEY (group_id, record_id)
);
CREATE INDEX group_member_record ON group_member (record_id);
CREATE TABLE group_exclusion (
	group_id BIGINT NOT NULL,
	record_id BIGINT NOT NULL,
	PRIMARY KEY (group_id, record_id)
);

CREATE TABLE import_run (
	id SERIAL_ID,
	job_id BIGINT,
	entity INTEGER NOT NULL,
	file_name TEXT,
	path TEXT, -- in the data folder; removed a week after the end
	options TEXT NOT NULL, -- JSON: mapping, match, dry_run ...
	created BIGINT NOT NULL DEFAULT 0,
	updated BIGINT NOT NULL DEFAULT 0,
	unchanged BIGINT NOT NULL DEFAULT 0,
	refused BIGINT NOT NULL DEFAULT 0,
	state TEXT NOT NULL, -- queued running done undoing undone
	first_id BIGINT, -- of the records that it made; ids grow
	first_company_id BIGINT,
	undo_job_id BIGINT,
	user_id BIGINT,
	created_ms BIGINT NOT NULL,
	finished_ms BIGINT
);
CREATE TABLE import_refused (
	import_id BIGINT NOT NULL,
	row_number BIGINT NOT NULL,
	reason TEXT NOT NULL,
	detail TEXT,
	raw TEXT,
	PRIMARY KEY (import_id, row_number)
);
-- What an import overwrote: the record as it was (JSON), and when it was
-- written: updated_ms still says so if nobody changed it since. What an import
-- made has its number in import_id.
CREATE TABLE import_change (
	import_id BIGINT NOT NULL,
	entity INTEGER NOT NULL,
	record_id BIGINT NOT NULL,
	before TEXT,
	written_ms BIGINT NOT NULL,
	PRIMARY KEY (import_id, entity, record_id)
);
CREATE TABLE import_mapping (
	name TEXT PRIMARY KEY, -- or the hash of a header row
	mapping TEXT NOT NULL,
	updated_ms BIGINT NOT NULL
);
