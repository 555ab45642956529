-- What every schema has: blocks of ids, settings, durable jobs.
CREATE TABLE sequence (
	name TEXT PRIMARY KEY,
	next BIGINT NOT NULL
);

CREATE TABLE setting (
	key TEXT PRIMARY KEY,
	value TEXT
);

CREATE TABLE job (
	id SERIAL_ID,
	kind TEXT NOT NULL,
	state INTEGER NOT NULL, -- enum job_state
	payload TEXT NOT NULL,
	state_json TEXT,
	result TEXT,
	error TEXT,
	single_key TEXT,
	done BIGINT NOT NULL DEFAULT 0,
	total BIGINT NOT NULL DEFAULT 0,
	attempts INTEGER NOT NULL DEFAULT 0,
	user_id BIGINT,
	cancel_wanted INTEGER NOT NULL DEFAULT 0,
	confirmed INTEGER NOT NULL DEFAULT 0,
	lease_owner TEXT,
	lease_until_ms BIGINT,
	run_at_ms BIGINT NOT NULL,
	created_ms BIGINT NOT NULL,
	started_ms BIGINT,
	finished_ms BIGINT
);
CREATE INDEX job_due ON job (run_at_ms, id) WHERE state IN (1, 2);
CREATE INDEX job_single ON job (single_key) WHERE state IN (1, 2, 3);
CREATE INDEX job_ended ON job (finished_ms) WHERE state IN (4, 5, 6);
