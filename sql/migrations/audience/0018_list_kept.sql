-- How many members of each status a list has in each block of ids, kept: see
-- src/audience/kept/list_kept.h.
CREATE TABLE list_kept (
	list_id BIGINT NOT NULL,
	block BIGINT NOT NULL,
	status INTEGER NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (list_id, block, status)
) WITHOUT ROWID;
INSERT INTO list_kept (list_id, block, status, n)
SELECT list_id, id / 16384, status, COUNT(*) FROM member WHERE list_id > 0
GROUP BY list_id, id / 16384, status;
-- only: pg
-- What transactions add to it, until one of them sums it up: writers do not wait
-- for each other.
CREATE TABLE list_kept_change (
	id SERIAL_ID,
	list_id BIGINT NOT NULL,
	block BIGINT NOT NULL,
	status INTEGER NOT NULL,
	n BIGINT NOT NULL
);
-- only: any
-- Who left, the last of them first: for what a list shows since a send.
CREATE INDEX member_gone ON member (list_id, status, changed_ms) WHERE status IN (2, 3);
