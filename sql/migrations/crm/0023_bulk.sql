-- Whom a bulk act is still to be done to: the set is settled when its job
-- begins, and rows go as they are done.
CREATE TABLE bulk_item (
	job_id BIGINT NOT NULL,
	record_id BIGINT NOT NULL,
	PRIMARY KEY (job_id, record_id)
) WITHOUT ROWID;
