-- Batches of the Marketing API: see src/audience/batch/api_batch.h.
CREATE TABLE api_batch (
	id SERIAL_ID,
	hex TEXT NOT NULL UNIQUE,
	job_id BIGINT NOT NULL,
	user_id BIGINT NOT NULL, -- who made it; 0: a key that belongs to nobody
	key_id BIGINT NOT NULL, -- by which key; 0: by a session
	started_ms BIGINT,
	completed_ms BIGINT,
	submitted_ms BIGINT NOT NULL,
	total BIGINT NOT NULL, -- operations, and pages of them
	finished BIGINT NOT NULL DEFAULT 0,
	errored BIGINT NOT NULL DEFAULT 0,
	next_nr BIGINT NOT NULL DEFAULT 0, -- the operation to go on with,
	next_offset BIGINT NOT NULL DEFAULT 0 -- and what of it is read already
);
CREATE INDEX api_batch_open ON api_batch (id) WHERE completed_ms IS NULL;
CREATE INDEX api_batch_submitted ON api_batch (submitted_ms);

-- What is to be done, until all of it is.
CREATE TABLE api_batch_operation (
	batch_id BIGINT NOT NULL,
	nr BIGINT NOT NULL,
	method TEXT NOT NULL,
	path TEXT NOT NULL, -- as in a request, begins with /3.0
	query TEXT NOT NULL,
	operation_id TEXT NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (batch_id, nr)
) WITHOUT ROWID;

-- What was answered: pieces of JSON arrays without their brackets, deflated,
-- in base64.
CREATE TABLE api_batch_answer (
	batch_id BIGINT NOT NULL,
	nr BIGINT NOT NULL,
	bytes BIGINT NOT NULL, -- of the JSON
	packed TEXT NOT NULL,
	PRIMARY KEY (batch_id, nr)
) WITHOUT ROWID;
