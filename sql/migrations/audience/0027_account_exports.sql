-- Programs that are told when a batch of the Marketing API is finished, see
-- src/audience/batch/batch_webhook.h. slot: so that there are 20 at most.
CREATE TABLE batch_webhook (
	id SERIAL_ID,
	hex TEXT NOT NULL UNIQUE,
	slot INTEGER NOT NULL UNIQUE,
	url TEXT NOT NULL UNIQUE,
	is_enabled INTEGER NOT NULL,
	created_ms BIGINT NOT NULL
);

-- Exports of the account, see src/audience/batch/account_export.h.
CREATE TABLE account_export (
	id SERIAL_ID,
	job_id BIGINT NOT NULL,
	user_id BIGINT NOT NULL,
	key_id BIGINT NOT NULL,
	stages BIGINT NOT NULL, -- bits: enum export_stage
	since_ms BIGINT, -- NULL: all there is
	is_open INTEGER NOT NULL, -- 1: it is being made
	started_ms BIGINT NOT NULL,
	finished_ms BIGINT,
	size_bytes BIGINT NOT NULL DEFAULT 0
);
-- One at a time.
CREATE UNIQUE INDEX account_export_open ON account_export (is_open)
	WHERE is_open = 1;

-- The zip file in pieces, in base64.
CREATE TABLE account_export_piece (
	export_id BIGINT NOT NULL,
	nr BIGINT NOT NULL,
	base64 TEXT NOT NULL,
	PRIMARY KEY (export_id, nr)
) WITHOUT ROWID;
